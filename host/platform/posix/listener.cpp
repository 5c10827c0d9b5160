// Makes listening sockets with getaddrinfo, bind and listen.
#include "host/platform/sockets.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

namespace skerry::platform {

namespace {

bool bind_and_listen(int fd, const addrinfo& where) {
  const int on = 1;
  return ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
         ::bind(fd, where.ai_addr, where.ai_addrlen) == 0 && ::listen(fd, SOMAXCONN) == 0;
}

uint16_t port_of(int fd) {
  sockaddr_in6 address{}; // the port is at the same offset in sockaddr_in and sockaddr_in6
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin6_port);
}

} // namespace

Expected<Listener, std::string> listen_on(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int lookup = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (lookup != 0) return Unexpected(std::string(::gai_strerror(lookup)));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, ::freeaddrinfo);
  OwnedFd fd = make_nonblocking_socket(list->ai_family, SOCK_STREAM, 0);
  if (!fd.is_open() || !bind_and_listen(fd.get(), *list))
    return Unexpected(std::generic_category().message(errno));
  const uint16_t chosen = port_of(fd.get());
  return Listener{std::move(fd), chosen};
}

} // namespace skerry::platform
