// Makes sockets with socket(2), and then sets their flags with fcntl, because POSIX has had the flags
// SOCK_CLOEXEC and SOCK_NONBLOCK only since 2024. A program that another thread starts between these two
// calls inherits the socket.
#include "host/platform/sockets.hpp"

#include <fcntl.h>
#include <sys/socket.h>

namespace skerry::platform {

OwnedFd make_socket(int family, int type, int protocol) noexcept {
  OwnedFd made(::socket(family, type, protocol));
  if (made.is_open()) (void)::fcntl(made.get(), F_SETFD, FD_CLOEXEC);
  return made;
}

OwnedFd make_nonblocking_socket(int family, int type, int protocol) noexcept {
  OwnedFd made = make_socket(family, type, protocol);
  if (made.is_open()) (void)::fcntl(made.get(), F_SETFL, O_NONBLOCK);
  return made;
}

} // namespace skerry::platform
