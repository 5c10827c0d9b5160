#include "host/cli/listen.hpp"

#include "host/cli/output.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

namespace skerry::host::cli {

namespace {

struct HostPort {
  std::string host, port;
};

std::optional<HostPort> split(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  HostPort made{text.substr(0, colon), text.substr(colon + 1)};
  const bool is_v6 = made.host.starts_with('[') && made.host.ends_with(']') && made.host.size() > 2;
  if (is_v6) made.host = made.host.substr(1, made.host.size() - 2);
  if (!is_v6 && made.host.find_first_of(":[]") != text.npos) return std::nullopt;
  if (made.host.empty()) made.host = "127.0.0.1";
  const bool is_number = !made.port.empty() && made.port.size() <= 5 &&
                         made.port.find_first_not_of("0123456789") == text.npos &&
                         std::stoul(made.port) <= UINT16_MAX;
  return is_number ? std::optional(made) : std::nullopt;
}

Unexpected<Error> io(const std::string& address, const char* reason) {
  return fail(Error(ErrorKind::io, ErrorCode::none, "cannot listen on " + address + ": " + reason));
}

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

Result<OwnedFd> listen_on(const std::string& address) {
  const auto parts = split(address);
  if (!parts) {
    return fail(
        Error(ErrorKind::usage, ErrorCode::none,
              "--listen: \"" + address + "\" is not an address such as 127.0.0.1:8080 or [::1]:8080"));
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int lookup = ::getaddrinfo(parts->host.c_str(), parts->port.c_str(), &hints, &found);
  if (lookup != 0) return io(address, ::gai_strerror(lookup));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, ::freeaddrinfo);
  OwnedFd fd(::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.is_open() || !bind_and_listen(fd.get(), *list)) return io(address, std::strerror(errno));
  if (parts->port == "0") complain("listening on port " + std::to_string(port_of(fd.get())));
  return fd;
}

} // namespace skerry::host::cli
