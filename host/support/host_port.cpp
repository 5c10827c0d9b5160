#include "host/support/host_port.hpp"

#include <cstdint>

namespace skerry::host {

std::optional<HostPort> parse_host_port(const std::string& text) {
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

} // namespace skerry::host
