// The open connections of the server: their number for each address, and which are idle. Internal.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>

namespace skerry::host::server {

class Connection;

/// Counts connections by the address of the client, and keeps idle connections in the order in which they
/// became idle. Not thread-safe.
class ConnectionTable {
public:
  using Place = std::list<Connection*>::iterator;

  /// Returns the number of connections from this address.
  uint32_t count(const std::string& address) const {
    const auto found = by_address_.find(address);
    return found == by_address_.end() ? 0 : found->second;
  }
  uint32_t size() const noexcept { return static_cast<uint32_t>(all_.size()); }

  Place add(Connection& connection, const std::string& address) {
    ++by_address_[address];
    return all_.insert(all_.end(), &connection);
  }
  void remove(Place place, const std::string& address) {
    const auto found = by_address_.find(address);
    if (--found->second == 0) by_address_.erase(found);
    all_.erase(place);
  }
  const std::list<Connection*>& all() const noexcept { return all_; }

  Place add_idle(Connection& connection) { return idle_.insert(idle_.end(), &connection); }
  void remove_idle(Place place) { idle_.erase(place); }
  /// The connection that has been idle longest, or null.
  Connection* longest_idle() const noexcept { return idle_.empty() ? nullptr : idle_.front(); }

private:
  std::list<Connection*> all_, idle_;
  std::unordered_map<std::string, uint32_t> by_address_;
};

} // namespace skerry::host::server
