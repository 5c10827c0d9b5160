// Makes child processes with fork. The child sends its text through a pipe.
#include "spec-tests/platform/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <vector>

namespace skerry::platform {

namespace {

void send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR) return;
    if (written > 0) text.remove_prefix(static_cast<size_t>(written));
  }
}

Unexpected<std::error_code> last_error() {
  return Unexpected(std::error_code(errno, std::generic_category()));
}

} // namespace

Expected<ChildProcess, std::error_code> ChildProcess::start(const std::function<void(const Send&)>& work) {
  int ends[2];
  if (::pipe(ends) != 0) return last_error();
  ChildProcess child;
  child.pipe_ = OwnedFd(ends[0]);
  const OwnedFd sending(ends[1]);
  std::fflush(nullptr); // otherwise both processes would write the buffered text
  child.number_ = ::fork();
  if (child.number_ < 0) return last_error();
  if (child.number_ == 0) {
    child.pipe_ = OwnedFd(); // so that sending fails once the parent has ended
    work([&](std::string_view text) { send_all(sending.get(), text); });
    ::_exit(0);
  }
  (void)::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return child;
}

ChildProcess::~ChildProcess() {
  if (!has_child()) return;
  kill();
  (void)wait_for_end();
}

bool ChildProcess::receive(std::string& received) {
  char buffer[65536];
  const ssize_t count = ::read(pipe_.get(), buffer, sizeof buffer);
  if (count > 0) received.append(buffer, static_cast<size_t>(count));
  return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN));
}

void ChildProcess::kill() noexcept { ::kill(number_, SIGKILL); }

std::optional<std::string> ChildProcess::wait_for_end() {
  int status = 0;
  while (::waitpid(number_, &status, 0) < 0 && errno == EINTR) {
  }
  number_ = -1;
  if (WIFSIGNALED(status)) return ::strsignal(WTERMSIG(status));
  if (WEXITSTATUS(status) != 0) return "exit status " + std::to_string(WEXITSTATUS(status));
  return std::nullopt;
}

void ChildProcess::wait_for_any(std::span<const ChildProcess* const> children,
                                std::chrono::milliseconds time) {
  std::vector<pollfd> pipes;
  pipes.reserve(children.size());
  for (const ChildProcess* child : children) pipes.push_back({child->pipe_.get(), POLLIN, 0});
  constexpr int64_t longest = 60'000; // fits in an int; an earlier return is allowed
  ::poll(pipes.data(), pipes.size(), static_cast<int>(std::clamp<int64_t>(time.count(), 0, longest)));
}

} // namespace skerry::platform
