// The open connections of the server: their number for each address, and which are idle. Internal.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>

namespace skerry::host::server {

class Connection;

/// Counts connections by the address of the client, and keeps idle connections in the order in which they
/// became idle, new ones separately. Not thread-safe.
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

  /// `is_new` says that the connection has not had a request yet.
  Place add_idle(Connection& connection, bool is_new) {
    std::list<Connection*>& list = is_new ? new_ : between_requests_;
    return list.insert(list.end(), &connection);
  }
  void remove_idle(Place place, bool is_new) { (is_new ? new_ : between_requests_).erase(place); }
  /// The connection that has waited longest for its first request, or null.
  Connection* longest_new() const noexcept { return new_.empty() ? nullptr : new_.front(); }
  /// The connection that has waited longest for its next request, or null.
  Connection* longest_between_requests() const noexcept {
    return between_requests_.empty() ? nullptr : between_requests_.front();
  }

private:
  std::list<Connection*> all_, new_, between_requests_;
  std::unordered_map<std::string, uint32_t> by_address_;
};

} // namespace skerry::host::server
