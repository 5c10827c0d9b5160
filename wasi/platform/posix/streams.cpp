// POSIX has no read of a pipe that does not wait unless a flag is set that all processes share. So streams
// that are not sockets are used only after the system reported them ready, and a call may wait if another
// process took the bytes first.
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
