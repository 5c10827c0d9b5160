// Uses sockets with recvmsg, sendmsg and accept.
#include "wasi/platform/sockets.hpp"

#include "wasi/platform/posix/io_vectors.hpp"
#include "wasi/platform/posix/os_errno.hpp"
#include "wasi/platform/posix/socket_flags.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>

namespace skerry::wasi::platform {

namespace {

int option(int fd, int name) noexcept {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : 0;
}

} // namespace

bool is_datagram_socket(int fd) noexcept { return option(fd, SO_TYPE) == SOCK_DGRAM; }

bool is_listener(int fd) noexcept { return option(fd, SO_ACCEPTCONN) != 0; }

Errno make_nonblocking(int listener) noexcept {
  const int flags = ::fcntl(listener, F_GETFL);
  if (flags < 0) return last_os_errno();
  return (flags & O_NONBLOCK) != 0 ? Errno::success
                                   : os_result(::fcntl(listener, F_SETFL, flags | O_NONBLOCK));
}

Expected<OwnedFd> accept_connection(int listener) noexcept {
  OwnedFd made(accept_nonblocking(listener));
  if (!made.is_open()) return refuse(last_os_errno());
  return made;
}

Expected<Received> receive(int fd, Buffers buffers, bool peek) noexcept {
  IoVectors vectors(buffers);
  msghdr header = vectors.message();
  const ssize_t got = ::recvmsg(fd, &header, MSG_DONTWAIT | (peek ? MSG_PEEK : 0));
  if (got < 0) return refuse(last_os_errno());
  return Received{static_cast<size_t>(got), (header.msg_flags & MSG_TRUNC) != 0};
}

Expected<size_t> send(int fd, Buffers buffers) noexcept {
  IoVectors vectors(buffers);
  const msghdr header = vectors.message();
  return os_count(::sendmsg(fd, &header, MSG_DONTWAIT | no_signal));
}

Errno shut_down(int fd, bool receiving, bool sending) noexcept {
  if (!receiving && !sending) return Errno::inval;
  return os_result(::shutdown(fd, !sending ? SHUT_RD : !receiving ? SHUT_WR : SHUT_RDWR));
}

} // namespace skerry::wasi::platform
