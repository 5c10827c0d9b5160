// Reads and writes pipes with splice, which moves the bytes through a second pipe that only WASI uses.
#include "wasi/platform/linux/splice.hpp"

#include "vm/platform/owned_fd.hpp"
#include "wasi/platform/posix/io_vectors.hpp"
#include "wasi/platform/posix/sigpipe.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace skerry::wasi::platform {

namespace {

// The default capacity of a pipe on Linux.
constexpr size_t splice_bytes = size_t{64} << 10;

struct OwnPipe {
  OwnedFd out, in;
  // Empty on failure; errno has the reason.
  static OwnPipe open() noexcept {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return {};
    return {OwnedFd(ends[0]), OwnedFd(ends[1])};
  }
};

} // namespace

ssize_t read_by_splice(int fd, Buffers buffers) noexcept {
  const OwnPipe own = OwnPipe::open();
  if (!own.out.is_open()) return -1;
  const IoVectors vectors(buffers);
  const size_t wanted = std::min(bytes_in(buffers), splice_bytes);
  const ssize_t moved = ::splice(fd, nullptr, own.in.get(), nullptr, wanted, SPLICE_F_NONBLOCK);
  return moved <= 0 ? moved : ::readv(own.out.get(), vectors.data(), vectors.count());
}

ssize_t write_by_splice(int fd, Buffers buffers) noexcept {
  const OwnPipe own = OwnPipe::open();
  if (!own.in.is_open()) return -1;
  const IoVectors vectors(buffers);
  const ssize_t held = ::writev(own.in.get(), vectors.data(), vectors.count());
  if (held <= 0) return held;
  // Bytes that do not fit in `fd` stay in the pipe `own` and are dropped when `own` is closed. The program
  // sees a short write, which does not count these bytes, so the program can write them again.
  return without_sigpipe([&] {
    return ::splice(own.out.get(), nullptr, fd, nullptr, static_cast<size_t>(held), SPLICE_F_NONBLOCK);
  });
}

} // namespace skerry::wasi::platform
