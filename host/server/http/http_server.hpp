// An HTTP server with one event loop. Internal.
#pragma once

#include "host/server/http/request_handler.hpp"
#include "host/server/http/request_reader.hpp"
#include "vm/platform/owned_fd.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace skerry::host::server {

struct HttpOptions {
  ReaderLimits reader;
  std::chrono::milliseconds head_timeout{10'000}; ///< from the first byte of a request to the end of its head
  std::chrono::milliseconds request_timeout{10'000}; ///< for a whole request, and again for its response
  std::chrono::milliseconds idle_timeout{60'000};    ///< for the first byte of a request
  uint32_t max_connections = 16'384;
  uint32_t max_connections_per_address = 2'048;  ///< an IPv6 network with 64 bits counts as one address
  uint64_t max_held_bytes = uint64_t{256} << 20; ///< of heads and bodies, of all clients together
};

/// Counters for the metrics.
struct HttpCounts {
  uint32_t connections = 0; ///< open now
  uint64_t accepted = 0;
  uint64_t refused = 0; ///< because of a limit on connections
  uint64_t evicted = 0; ///< idle connections that were closed to make room
  uint64_t held_bytes = 0;
};

/// Serves HTTP/1.1 and HTTP/1.0 on listening sockets. All connections share one thread, the one that calls
/// `run`; only that thread may call the other functions, too, except as they say otherwise. A connection
/// costs memory only while a request is on its way. When all connections are in use, the connection that has
/// been idle longest is closed for a new one.
class HttpServer {
public:
  explicit HttpServer(const HttpOptions& options);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Accepts connections on `socket`, which must be listening. `handler` must outlive the server.
  void listen(OwnedFd socket, RequestHandler& handler);
  /// Calls `handle` on the thread of `run` when one of these signals arrives, each time. Takes effect at
  /// once; signals that arrive before `run` are kept.
  void on_signals(const std::vector<int>& signals, std::function<void(int signal)> handle);
  /// Calls `handle` for the signals that have arrived, without waiting.
  void poll_signals();

  /// Calls `task` on the thread of `run`, again and again with this much time in between.
  void call_every(std::chrono::milliseconds interval, std::function<void()> task);
  /// Serves until `stop`, or until `drain` has ended.
  void run();
  /// Closes idle connections, and ends `run` as soon as the requests that have begun are answered, but at the
  /// latest after `time`. New connections are accepted meanwhile, and get one response each. Returns at once.
  void drain(std::chrono::milliseconds time);
  bool is_draining() const noexcept;
  /// True if `run` ended although requests that began before `drain` were not answered.
  bool is_unfinished() const noexcept;
  /// Ends `run` at once. Thread-safe.
  void stop();
  /// Thread-safe.
  HttpCounts counts() const noexcept;

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace skerry::host::server
