#include "wasi/stream_io.hpp"

#include "wasi/iovecs.hpp"
#include "wasi/sigpipe.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace skerry::wasi {

namespace {

// Default capacity of a pipe.
constexpr size_t splice_bytes = size_t{64} << 10;
constexpr off_t at_position = -1;

int count(std::span<const iovec> vectors) { return static_cast<int>(vectors.size()); }

msghdr message(std::span<const iovec> vectors) {
  msghdr made{};
  made.msg_iov = const_cast<iovec*>(vectors.data()); // recvmsg and sendmsg only read the list
  made.msg_iovlen = vectors.size();
  return made;
}

// Returns whether the call failed because the file does not support RWF_NOWAIT, or the kernel or a sandbox
// does not support the call.
bool is_unknown(ssize_t result) {
  return result < 0 && (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL || errno == EPERM);
}

struct OwnPipe {
  HostFd out, in;
  // Empty on failure; errno has the reason.
  static OwnPipe open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return {};
    return {HostFd::owned(ends[0]), HostFd::owned(ends[1])};
  }
};

} // namespace

StreamKind stream_kind(mode_t mode) {
  if (S_ISSOCK(mode)) return StreamKind::socket;
  return S_ISFIFO(mode) ? StreamKind::pipe : StreamKind::other;
}

HostFd open_terminal_anew(int fd) {
  int number = 0;
  // Opening the master side of a terminal would make another terminal.
  if (::isatty(fd) == 0 || ::ioctl(fd, TIOCGPTN, &number) == 0) return {};
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return {};
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  const int made = ::open(path.c_str(), (flags & O_ACCMODE) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  return made < 0 ? HostFd() : HostFd::owned(made);
}

ssize_t read_by_splice(int fd, std::span<const iovec> vectors) {
  const OwnPipe own = OwnPipe::open();
  if (own.out.get() < 0) return -1;
  const size_t wanted = std::min(bytes_in(vectors), splice_bytes);
  const ssize_t moved = ::splice(fd, nullptr, own.in.get(), nullptr, wanted, SPLICE_F_NONBLOCK);
  return moved <= 0 ? moved : ::readv(own.out.get(), vectors.data(), count(vectors));
}

ssize_t write_by_splice(int fd, std::span<const iovec> vectors) {
  const OwnPipe own = OwnPipe::open();
  if (own.in.get() < 0) return -1;
  const ssize_t held = ::writev(own.in.get(), vectors.data(), count(vectors));
  if (held <= 0) return held;
  // Bytes that do not fit in `fd` stay in the pipe `own` and are dropped when `own` is closed. The program
  // sees a short write, which does not count these bytes, so the program can write them again.
  return without_sigpipe([&] {
    return ::splice(own.out.get(), nullptr, fd, nullptr, static_cast<size_t>(held), SPLICE_F_NONBLOCK);
  });
}

ssize_t read_without_waiting(int fd, StreamKind kind, std::span<const iovec> vectors) {
  if (kind == StreamKind::own) return ::readv(fd, vectors.data(), count(vectors));
  if (kind == StreamKind::socket) {
    msghdr header = message(vectors);
    return ::recvmsg(fd, &header, MSG_DONTWAIT);
  }
  const ssize_t got = ::preadv2(fd, vectors.data(), count(vectors), at_position, RWF_NOWAIT);
  if (!is_unknown(got)) return got;
  return kind == StreamKind::pipe ? read_by_splice(fd, vectors) : ::readv(fd, vectors.data(), count(vectors));
}

ssize_t write_without_waiting(int fd, StreamKind kind, std::span<const iovec> vectors) {
  if (kind == StreamKind::socket) {
    msghdr header = message(vectors);
    return ::sendmsg(fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  const auto plain = [&] { return ::writev(fd, vectors.data(), count(vectors)); };
  if (kind == StreamKind::own) return without_sigpipe(plain);
  const ssize_t put = without_sigpipe(
      [&] { return ::pwritev2(fd, vectors.data(), count(vectors), at_position, RWF_NOWAIT); });
  if (!is_unknown(put)) return put;
  return kind == StreamKind::pipe ? write_by_splice(fd, vectors) : without_sigpipe(plain);
}

} // namespace skerry::wasi
