// Converts addresses with inet_pton and inet_ntop, and reads them from a sockaddr.
#include "host/platform/addresses.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

namespace skerry::platform {

namespace {

std::optional<std::string> canonical(int family, const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> address;
  std::array<char, INET6_ADDRSTRLEN> printed;
  if (::inet_pton(family, text.c_str(), address.data()) != 1) return std::nullopt;
  return ::inet_ntop(family, address.data(), printed.data(), printed.size());
}

} // namespace

std::optional<std::string> canonical_address(const std::string& text) {
  auto v4 = canonical(AF_INET, text);
  return v4 ? v4 : canonical(AF_INET6, text);
}

std::string_view address_bytes(const void* address) noexcept {
  const auto family = static_cast<const sockaddr*>(address)->sa_family;
  if (family == AF_INET) {
    const auto& v4 = static_cast<const sockaddr_in*>(address)->sin_addr;
    return {reinterpret_cast<const char*>(&v4), sizeof v4};
  }
  if (family == AF_INET6) {
    const auto& v6 = static_cast<const sockaddr_in6*>(address)->sin6_addr;
    return {reinterpret_cast<const char*>(&v6), sizeof v6};
  }
  return {};
}

} // namespace skerry::platform
