// Converts addresses with inet_pton and inet_ntop, reads them from a sockaddr, and finds them with
// getaddrinfo.
#include "host/platform/addresses.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <new>
#include <utility>

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

std::string address_text(const void* address) {
  const std::string_view bytes = address_bytes(address);
  std::array<char, INET6_ADDRSTRLEN> printed;
  const int family = static_cast<const sockaddr*>(address)->sa_family;
  if (bytes.empty() || ::inet_ntop(family, bytes.data(), printed.data(), printed.size()) == nullptr)
    return {};
  return printed.data();
}

std::vector<std::string> addresses_of_name(const std::string& name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int lookup = ::getaddrinfo(name.c_str(), nullptr, &hints, &found);
  if (lookup == EAI_MEMORY) throw std::bad_alloc();
  if (lookup != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, ::freeaddrinfo);
  std::vector<std::string> texts;
  for (const addrinfo* item = list.get(); item != nullptr; item = item->ai_next)
    if (std::string text = address_text(item->ai_addr); !text.empty()) texts.push_back(std::move(text));
  return texts;
}

} // namespace skerry::platform
