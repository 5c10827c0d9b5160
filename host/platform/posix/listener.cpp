// Makes listening sockets with getaddrinfo, bind and listen.
#include "host/platform/sockets.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
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

std::string reason_of_failure() { return std::generic_category().message(errno); }

/// True if a process accepts connections at this address.
bool is_served(const sockaddr_un& address) {
  const OwnedFd probe = make_socket(AF_UNIX, SOCK_STREAM, 0);
  return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool bind_path(int fd, const sockaddr_un& address) {
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return true;
  struct stat found{};
  if (errno != EADDRINUSE || ::lstat(address.sun_path, &found) != 0 || !S_ISSOCK(found.st_mode) ||
      is_served(address)) {
    errno = EADDRINUSE;
    return false;
  }
  ::unlink(address.sun_path);
  return ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
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
  if (!fd.is_open() || !bind_and_listen(fd.get(), *list)) return Unexpected(reason_of_failure());
  const uint16_t chosen = port_of(fd.get());
  return Listener{std::move(fd), chosen};
}

Expected<OwnedFd, std::string> listen_on_path(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return Unexpected("the path is longer than " + std::to_string(sizeof address.sun_path - 1) + " bytes");
  std::memcpy(address.sun_path, path.data(), path.size());
  OwnedFd fd = make_nonblocking_socket(AF_UNIX, SOCK_STREAM, 0);
  // The mode is set before the socket listens, so no other user can connect in between.
  if (!fd.is_open() || !bind_path(fd.get(), address) || ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 ||
      ::listen(fd.get(), SOMAXCONN) != 0)
    return Unexpected(reason_of_failure());
  return fd;
}

void send_at_once(int socket) noexcept {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

uint64_t raise_descriptor_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

} // namespace skerry::platform
