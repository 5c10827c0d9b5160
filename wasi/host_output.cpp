// Implements skerry/wasi/host_output.hpp: writes that wait until a deadline at most.
#include "skerry/wasi/host_output.hpp"

#include "wasi/platform/errno_message.hpp"
#include "wasi/platform/file_io.hpp"
#include "wasi/platform/streams.hpp"
#include "wasi/platform/wait.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace skerry::wasi {

namespace {

using Clock = std::chrono::steady_clock;
using platform::StreamKind;

// Waits until `fd` is writable. Returns false if the deadline has passed first. Returns true also after an
// error, because the next write reports it.
bool wait_writable(int fd, Clock::time_point deadline) {
  constexpr Clock::duration longest = std::chrono::minutes(1);
  for (;;) {
    platform::Waiting one{.fd = fd, .direction = platform::Direction::write};
    // Compared before the subtraction, which would overflow for a deadline in the far past.
    const auto now = Clock::now();
    const auto left = deadline <= now ? Clock::duration::zero() : std::min(deadline - now, longest);
    const auto ready = platform::wait({&one, 1}, left);
    if (!ready || *ready > 0) return true;
    if (Clock::now() >= deadline) return false;
  }
}

Expected<size_t> write_some(int fd, std::optional<StreamKind> kind, std::string_view text) {
  const bool is_careful = kind && must_wait_first(*kind);
  const size_t length = is_careful ? std::min(text.size(), platform::ready_bytes()) : text.size();
  auto* bytes = reinterpret_cast<std::byte*>(const_cast<char*>(text.data())); // a write only reads
  const platform::Buffer one(bytes, length);
  return kind ? platform::write_without_waiting(fd, *kind, {&one, 1}) : platform::write(fd, {&one, 1});
}

struct Outcome {
  size_t written = 0;
  Errno error = Errno::success; // timedout: the deadline has passed
};

Outcome write_until(Clock::time_point deadline, int host_fd, std::string_view text) {
  const auto status = platform::status(host_fd);
  if (!status) return {0, status.error()};
  const OwnedFd terminal = platform::open_terminal_anew(host_fd);
  const int fd = terminal.is_open() ? terminal.get() : host_fd;
  std::optional<StreamKind> kind;
  if (!status->is_regular()) kind = terminal.is_open() ? StreamKind::own : platform::stream_kind(*status);
  bool waits = kind && must_wait_first(*kind);
  size_t done = 0;
  while (done < text.size()) {
    if (waits && !wait_writable(fd, deadline)) return {done, Errno::timedout};
    const auto written = write_some(fd, kind, text.substr(done));
    const bool may_retry = !written && (written.error() == Errno::again || written.error() == Errno::intr);
    if (!may_retry && written.value_or(0) == 0) return {done, written ? Errno::io : written.error()};
    done += written.value_or(0);
    waits = kind && (must_wait_first(*kind) || (!written && written.error() == Errno::again));
  }
  return {done, Errno::success};
}

} // namespace

size_t write_part_before(Clock::time_point deadline, int host_fd, std::string_view text) {
  return write_until(deadline, host_fd, text).written;
}

bool write_before(Clock::time_point deadline, int host_fd, std::string_view text) {
  return write_part_before(deadline, host_fd, text) == text.size();
}

std::optional<OutputProblem> write_all_before(Clock::time_point deadline, int host_fd,
                                              std::string_view text) {
  const Outcome outcome = write_until(deadline, host_fd, text);
  if (outcome.written == text.size()) return std::nullopt;
  return OutputProblem{outcome.error == Errno::pipe, platform::message_of(outcome.error)};
}

} // namespace skerry::wasi
