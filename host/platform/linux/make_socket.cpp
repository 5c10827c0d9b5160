// Makes sockets with the flags of socket(2). Because the flags take effect at once, no program that another
// thread starts can inherit the socket.
#include "host/platform/sockets.hpp"

#include <sys/socket.h>

namespace skerry::platform {

OwnedFd make_socket(int family, int type, int protocol) noexcept {
  return OwnedFd(::socket(family, type | SOCK_CLOEXEC, protocol));
}

OwnedFd make_nonblocking_socket(int family, int type, int protocol) noexcept {
  return make_socket(family, type | SOCK_NONBLOCK, protocol);
}

} // namespace skerry::platform
