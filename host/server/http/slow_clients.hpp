// Connections that wait for their clients and hold bytes meanwhile. Internal.
#pragma once

#include "skerry/budget.hpp"

#include <chrono>
#include <cstdint>
#include <list>

namespace skerry::host::server {

class Connection;

/// The connections that wait for the same thing from their clients, in the order in which they began to wait:
/// for the rest of a request, or until an answer is read. Not thread-safe.
class SlowClients {
public:
  using Place = std::list<Connection*>::iterator;
  using Clock = std::chrono::steady_clock;

  Place add(Connection& connection) { return waiting_.insert(waiting_.end(), &connection); }
  void remove(Place place) { waiting_.erase(place); }
  /// If more than half of the budget is used, gives up connections until only a quarter is, or none is left
  /// that may be given up: one that has waited for `patience`, and whose address holds at least what
  /// addresses hold on average. The address that holds most comes first, so that a client that holds much
  /// cannot take the place of the others. Returns how many it has given up.
  uint32_t make_room(const ByteBudget& budget);

  /// A client that reads and sends as fast as a network allows is rarely slower than this for a part of its
  /// request.
  static constexpr std::chrono::milliseconds patience{100};
  /// A look at the list takes a while if the list is long, so looks are rare.
  static constexpr std::chrono::milliseconds time_between_looks{10};

private:
  Clock::time_point next_look_;
  std::list<Connection*> waiting_;
};

} // namespace skerry::host::server
