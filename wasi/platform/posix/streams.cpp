// Reads and writes streams on systems with only POSIX. There, a read of a pipe waits unless O_NONBLOCK is
// set, and WASI must not set this flag, because all processes that use the pipe share it. So a stream that
// is not a socket is used only after the system has reported it ready. The call may still wait if another
// process takes the bytes first.
#include "wasi/platform/streams.hpp"

#include "wasi/platform/posix/plain_streams.hpp"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

namespace skerry::wasi::platform {

StreamKind stream_kind(const FileStatus& status) noexcept {
  return status.type == Filetype::socket_stream ? StreamKind::socket : StreamKind::other;
}

size_t ready_bytes() noexcept { return _POSIX_PIPE_BUF; }

OwnedFd open_terminal_anew(int fd) {
  char path[PATH_MAX];
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::ttyname_r(fd, path, sizeof path) != 0) return OwnedFd();
  return OwnedFd(::open(path, (flags & O_ACCMODE) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

Expected<size_t> read_without_waiting(int fd, StreamKind kind, Buffers buffers) noexcept {
  return read_plainly(fd, kind, buffers);
}

Expected<size_t> write_without_waiting(int fd, StreamKind kind, Buffers buffers) noexcept {
  return write_plainly(fd, kind, buffers);
}

} // namespace skerry::wasi::platform
