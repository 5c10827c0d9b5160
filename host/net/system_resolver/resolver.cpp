// Finds the addresses of a name with the system's resolver, which no deadline ends.
#include "host/net/resolver.hpp"

#include "host/platform/addresses.hpp"

namespace skerry::host {

std::vector<std::string> addresses_of(const std::string& name, Patience& patience, const NameServers&) {
  auto addresses = platform::addresses_of_name(name);
  if (patience.is_over()) return {};
  if (addresses.size() > most_addresses) addresses.resize(most_addresses);
  return addresses;
}

} // namespace skerry::host
