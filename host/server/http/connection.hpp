// One connection of a client. Internal.
#pragma once

#include "host/server/http/boost.hpp"
#include "host/server/http/connection_table.hpp"
#include "host/server/http/event_loop.hpp"
#include "host/server/http/request_handler.hpp"
#include "host/server/http/request_reader.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace skerry::host::server {

/// Reads requests from a connection, one after another, and writes the responses in the same order. A
/// connection keeps itself alive while an operation or a request of it is running. Runs on the loop's thread.
class Connection final : public std::enable_shared_from_this<Connection>, private SlowClient {
public:
  /// `address` is what the table of `group` counts connections by.
  Connection(EventLoop& loop, ClientGroup& group, EventLoop::Socket socket, std::string address,
             RequestHandler& handler);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start();
  /// Closes the connection without a response.
  void close();
  /// True if the connection may be closed to make room for another: it has not sent a byte yet, or has been
  /// idle since `before`.
  bool is_idle_since(EventLoop::Clock::time_point before) const noexcept {
    return phase_ == Phase::idle && (is_new_ || idle_since_ <= before);
  }
  /// True if a request has begun and its response is not sent.
  bool is_serving() const noexcept {
    return phase_ == Phase::receiving || phase_ == Phase::running || phase_ == Phase::responding;
  }

private:
  using Socket = EventLoop::Socket;
  enum class Phase : uint8_t {
    idle,       // waits for the first byte of a request
    receiving,  // a request is arriving
    running,    // the handler has the request
    responding, // the response is being sent
    lingering,  // the response is sent, and the client may still be sending
    closed,
  };

  void enter(Phase phase, std::chrono::milliseconds limit);
  const std::string& address() const noexcept override { return address_; }
  EventLoop::Clock::time_point waits_since() const noexcept override { return waits_since_; }
  uint64_t waiting_bytes() const noexcept override;
  void give_up() override;

  void leave_idle();
  void wait_for_client(SlowClients& list);
  void stop_waiting_for_client();
  void wait_until_readable();
  void readable();
  void next_request();
  void begin_request();
  void receive();
  void read_on();
  void head_arrived();
  void dispatch();
  void respond(Response response, KeepAlive keep_alive);
  void sent();
  void linger();
  void discard();
  void set_deadline(std::chrono::milliseconds limit);
  void deadline_passed();

  EventLoop& loop_;
  ClientGroup& group_;
  Socket socket_;
  const std::string address_;
  RequestHandler& handler_;
  RequestReader reader_;
  boost::asio::steady_timer timer_;
  Phase phase_ = Phase::receiving;
  ConnectionTable::Place place_;
  ConnectionTable::Place idle_place_; // valid while phase_ is idle
  EventLoop::Clock::time_point idle_since_;
  SlowClients* slow_clients_ = nullptr; // the list that the connection is in, if it is in one
  SlowClients::Place slow_place_;
  EventLoop::Clock::time_point waits_since_;
  bool is_new_ = true;                 // no request has begun
  EventLoop::Clock::time_point began_; // the request
  std::optional<Response> refused_;    // the handler refused the request by its head
  bool has_head_ = false, is_head_request_ = false;
  KeepAlive keep_alive_ = KeepAlive::yes;
  std::string head_text_; // of the response that is being sent
  Response response_;
  HeldBytes held_response_;
  size_t discarded_ = 0;
};

} // namespace skerry::host::server
