// Reads and writes streams with RWF_NOWAIT, or with splice if a pipe does not support RWF_NOWAIT.
#include "wasi/platform/streams.hpp"

#include "wasi/platform/linux/splice.hpp"
#include "wasi/platform/posix/io_vectors.hpp"
#include "wasi/platform/posix/os_errno.hpp"
#include "wasi/platform/posix/plain_streams.hpp"
#include "wasi/platform/posix/sigpipe.hpp"

#include <fcntl.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace skerry::wasi::platform {

namespace {

constexpr off_t at_position = -1;

// Returns whether the call failed because the file does not support RWF_NOWAIT, or the kernel or a sandbox
// does not support the call.
bool is_unknown(ssize_t result) noexcept {
  return result < 0 && (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL || errno == EPERM);
}

ssize_t read_now(int fd, Buffers buffers) noexcept {
  const IoVectors vectors(buffers);
  return ::preadv2(fd, vectors.data(), vectors.count(), at_position, RWF_NOWAIT);
}

ssize_t write_now(int fd, Buffers buffers) noexcept {
  const IoVectors vectors(buffers);
  return without_sigpipe(
      [&] { return ::pwritev2(fd, vectors.data(), vectors.count(), at_position, RWF_NOWAIT); });
}

} // namespace

StreamKind stream_kind(const FileStatus& status) noexcept {
  if (status.type == Filetype::socket_stream) return StreamKind::socket;
  return status.is_pipe ? StreamKind::pipe : StreamKind::other;
}

size_t ready_bytes() noexcept { return PIPE_BUF; }

OwnedFd open_terminal_anew(int fd) {
  int number = 0;
  // Opening the master side of a pseudo-terminal would make another pseudo-terminal.
  if (!is_terminal(fd) || ::ioctl(fd, TIOCGPTN, &number) == 0) return OwnedFd();
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return OwnedFd();
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  return OwnedFd(::open(path.c_str(), (flags & O_ACCMODE) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

Expected<size_t> read_without_waiting(int fd, StreamKind kind, Buffers buffers) noexcept {
  if (kind == StreamKind::own || kind == StreamKind::socket) return read_plainly(fd, kind, buffers);
  const ssize_t got = read_now(fd, buffers);
  if (!is_unknown(got)) return os_count(got);
  return kind == StreamKind::pipe ? os_count(read_by_splice(fd, buffers)) : read_plainly(fd, kind, buffers);
}

Expected<size_t> write_without_waiting(int fd, StreamKind kind, Buffers buffers) noexcept {
  if (kind == StreamKind::own || kind == StreamKind::socket) return write_plainly(fd, kind, buffers);
  const ssize_t put = write_now(fd, buffers);
  if (!is_unknown(put)) return os_count(put);
  return kind == StreamKind::pipe ? os_count(write_by_splice(fd, buffers)) : write_plainly(fd, kind, buffers);
}

} // namespace skerry::wasi::platform
