// Connections that wait for their clients and hold bytes meanwhile. Internal.
#pragma once

#include "skerry/budget.hpp"

#include <chrono>
#include <cstdint>
#include <list>
#include <string>

namespace skerry::host::server {

/// A connection that waits for its client.
class SlowClient {
public:
  using Clock = std::chrono::steady_clock;

  SlowClient() = default;
  SlowClient(const SlowClient&) = delete;
  SlowClient& operator=(const SlowClient&) = delete;
  virtual ~SlowClient() = default;

  /// The address of the client, as connections are counted.
  virtual const std::string& address() const noexcept = 0;
  /// When the wait began.
  virtual Clock::time_point waits_since() const noexcept = 0;
  /// The bytes that the connection holds meanwhile.
  virtual uint64_t waiting_bytes() const noexcept = 0;
  /// Ends the wait and gives the bytes back: refuses the request that is arriving, or closes the connection
  /// whose answer is not read.
  virtual void give_up() = 0;
};

/// The connections that wait for the same thing from their clients, in the order in which they began to wait:
/// for the rest of a request, or until an answer is read. Not thread-safe.
class SlowClients {
public:
  using Place = std::list<SlowClient*>::iterator;
  using Clock = SlowClient::Clock;

  Place add(SlowClient& client) { return waiting_.insert(waiting_.end(), &client); }
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
  std::list<SlowClient*> waiting_;
};

} // namespace skerry::host::server
