#include "host/cli/output.hpp"

#include "skerry/printable.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace skerry::host::cli {

namespace {

/// A stream that somebody made non-blocking is waited for.
bool wait_writable(int fd) {
  pollfd waiting{fd, POLLOUT, 0};
  return poll(&waiting, 1, -1) >= 0 || errno == EINTR;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t count = write(fd, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<size_t>(count));
    } else if (errno == EAGAIN) {
      if (!wait_writable(fd)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

} // namespace

bool write_stdout(std::string_view text) { return write_all(STDOUT_FILENO, text); }
bool write_stderr(std::string_view text) { return write_all(STDERR_FILENO, text); }

void complain(std::string_view message) {
  std::string line = "skerry: ";
  line += printable_lines(message);
  if (!line.ends_with('\n')) line += '\n';
  write_stderr(line);
}

} // namespace skerry::host::cli
