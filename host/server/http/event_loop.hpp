// The event loop, and the limits that connections share. Internal.
#pragma once

#include "host/server/http/boost.hpp"
#include "host/server/http/connection_table.hpp"
#include "host/server/http/http_options.hpp"
#include "host/server/http/slow_clients.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace skerry::host::server {

/// Clients that share limits on connections and bytes. Requests and responses have half of the bytes each, so
/// that half-sent requests cannot take the place of the answers to others.
struct ClientGroup {
  ClientGroup(uint32_t connection_limit, uint64_t byte_limit)
      : max_connections(connection_limit), requests(std::make_shared<ByteBudget>(byte_limit / 2)),
        responses(std::make_shared<ByteBudget>(byte_limit / 2)) {}

  uint64_t held_bytes() const noexcept { return requests->used() + responses->used(); }

  const uint32_t max_connections;
  const std::shared_ptr<ByteBudget> requests, responses;
  ConnectionTable connections;
  SlowClients senders, readers; // that hold bytes of `requests` and of `responses`
};

/// The event loop, the limits and the tables of connections. Runs on one thread, except as noted.
struct EventLoop {
  using Clock = std::chrono::steady_clock;
  using Protocol = boost::asio::generic::stream_protocol; // TCP or Unix
  using Socket = boost::asio::basic_stream_socket<Protocol>;
  using Acceptor = boost::asio::basic_socket_acceptor<Protocol>;
  static constexpr uint64_t reserved_bytes = uint64_t{32} << 20;

  explicit EventLoop(const HttpOptions& given)
      : options(given), callers(given.max_connections, given.max_held_bytes),
        operators(reserved_connections, reserved_bytes) {}

  /// The value of the Date field for now. It is made again each second.
  std::string_view date();
  /// Called when a connection is no longer serving; ends a drain after the last one.
  void served(const Connection* connection);

  const HttpOptions options;
  boost::asio::io_context context{1};
  ClientGroup callers;
  ClientGroup operators; // have their own limits, so that callers cannot use up what operators need
  std::list<const Connection*> awaited; // by a drain
  bool is_draining = false;
  std::array<char, 16384> scratch; // for bytes that are discarded
  std::atomic<uint32_t> open{0};   // for other threads, as the counters below
  std::atomic<uint64_t> accepted{0}, refused{0}, evicted{0};

private:
  std::string date_;
  std::chrono::sys_seconds date_second_{};
};

} // namespace skerry::host::server
