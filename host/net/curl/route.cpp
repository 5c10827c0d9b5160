// Resolves the name of a URL before libcurl connects.
#include "host/net/curl/route.hpp"

#include "host/net/resolver.hpp"
#include "host/platform/addresses.hpp"

namespace skerry::host {

namespace {

bool is_address(const std::string& host) {
  return host.starts_with('[') || platform::canonical_address(host).has_value();
}

/// Returns a line such as "*:443:192.0.2.1,[2001:db8::1]". The asterisk stands for every name.
std::string resolve_line(uint16_t port, const std::vector<std::string>& addresses) {
  std::string line = "*:" + std::to_string(port);
  char separator = ':';
  for (const std::string& address : addresses) {
    const bool v6 = address.find(':') != address.npos;
    line.append(1, separator).append(v6 ? "[" + address + "]" : address);
    separator = ',';
  }
  return line;
}

} // namespace

Route find_route(const Target& target, Patience& patience, const NameServers& servers) {
  Route route;
  if (is_address(target.host)) return route;
  const auto addresses = addresses_of(target.host, patience, servers);
  if (addresses.empty())
    route.status = patience.is_over() ? NetworkStatus::timeout : NetworkStatus::failed;
  else
    append(route.addresses, resolve_line(target.port, addresses));
  return route;
}

} // namespace skerry::host
