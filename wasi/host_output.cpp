// Implements skerry/wasi/host_output.hpp: writes that wait until a deadline at most.
#include "skerry/wasi/host_output.hpp"

#include "wasi/stream_io.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <optional>

namespace skerry::wasi {

namespace {

using Clock = std::chrono::steady_clock;

// Waits until `fd` is writable. Returns false if the deadline has passed first. Returns true also after an
// error, because the next write reports it.
bool wait_writable(int fd, Clock::time_point deadline) {
  constexpr auto longest = std::chrono::milliseconds(60'000);
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        std::min<Clock::duration>(longest, std::max(deadline - Clock::now(), Clock::duration::zero())));
    pollfd one{fd, POLLOUT, 0};
    const int ready = ::poll(&one, 1, static_cast<int>(left.count()));
    if (ready > 0 || (ready < 0 && errno != EINTR)) return true;
    if (Clock::now() >= deadline) return false;
  }
}

ssize_t write_some(int fd, std::optional<StreamKind> kind, std::string_view text) {
  if (!kind) return ::write(fd, text.data(), text.size());
  const size_t length = must_wait_first(*kind) ? std::min<size_t>(text.size(), PIPE_BUF) : text.size();
  const iovec one{const_cast<char*>(text.data()), length}; // writing only reads `text`
  return write_without_waiting(fd, *kind, {&one, 1});
}

} // namespace

bool write_before(Clock::time_point deadline, int host_fd, std::string_view text) {
  struct stat status{};
  if (::fstat(host_fd, &status) != 0) return false;
  const HostFd terminal = open_terminal_anew(host_fd);
  const int fd = terminal.get() >= 0 ? terminal.get() : host_fd;
  std::optional<StreamKind> kind;
  if (!S_ISREG(status.st_mode)) kind = terminal.get() >= 0 ? StreamKind::own : stream_kind(status.st_mode);
  bool waits = kind && must_wait_first(*kind);
  while (!text.empty()) {
    if (waits && !wait_writable(fd, deadline)) return false;
    const ssize_t written = write_some(fd, kind, text);
    if (written == 0 || (written < 0 && errno != EAGAIN && errno != EINTR)) return false;
    if (written > 0) text.remove_prefix(static_cast<size_t>(written));
    waits = kind && (must_wait_first(*kind) || (written < 0 && errno == EAGAIN));
  }
  return true;
}

} // namespace skerry::wasi
