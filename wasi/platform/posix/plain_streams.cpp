// Reads and writes streams with readv and writev, or with the functions for sockets.
#include "wasi/platform/posix/plain_streams.hpp"

#include "wasi/platform/posix/io_vectors.hpp"
#include "wasi/platform/posix/os_errno.hpp"
#include "wasi/platform/posix/sigpipe.hpp"
#include "wasi/platform/sockets.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace skerry::wasi::platform {

Expected<size_t> read_plainly(int fd, StreamKind kind, Buffers buffers) noexcept {
  if (kind == StreamKind::socket) {
    const auto got = receive(fd, buffers, false);
    if (!got) return refuse(got.error());
    return got->bytes;
  }
  const IoVectors vectors(buffers);
  return os_count(::readv(fd, vectors.data(), vectors.count()));
}

Expected<size_t> write_plainly(int fd, StreamKind kind, Buffers buffers) noexcept {
  if (kind == StreamKind::socket) return send(fd, buffers);
  const IoVectors vectors(buffers);
  return os_count(without_sigpipe([&] { return ::writev(fd, vectors.data(), vectors.count()); }));
}

bool is_terminal(int fd) noexcept { return ::isatty(fd) != 0; }

uint64_t readable_bytes(int fd) noexcept {
  int bytes = 0;
  return ::ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0 ? static_cast<uint64_t>(bytes) : 0;
}

} // namespace skerry::wasi::platform
