// An HTTP server with one event loop. Internal.
#pragma once

#include "host/server/http/http_options.hpp"
#include "host/server/http/request_handler.hpp"
#include "vm/platform/owned_fd.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace skerry::host::server {

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

  /// Accepts connections on `socket`, which must be listening. `handler` must outlive the server. Listeners
  /// `for_operators` have their own limits, so that clients of the others cannot lock operators out.
  void listen(OwnedFd socket, RequestHandler& handler, bool for_operators);
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
  /// Makes room in memory for the answer to another call. If half of the room for answers is in use, it
  /// closes connections whose clients do not read theirs. Returns false if that does not suffice: the other
  /// half is for the calls that are running, so the call should not run.
  bool make_room_for_answer();
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
