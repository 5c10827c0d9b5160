#include "host/server/http/http_server.hpp"

#include "host/platform/addresses.hpp"
#include "host/platform/sockets.hpp"
#include "host/server/http/connection.hpp"
#include "host/server/http/event_loop.hpp"
#include "host/server/http/response_head.hpp"

#include <list>
#include <utility>

namespace skerry::host::server {

namespace {

using boost::beast::error_code;

/// How the limit on connections counts a client: by its IPv4 address, by the 64 bits of its IPv6 network, or
/// not at all for a client on a Unix socket.
std::string counted_address(const EventLoop::Protocol::endpoint& client) {
  constexpr std::string_view mapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12); // ::ffff:0:0/96, an IPv4 address
  const std::string_view bytes = platform::address_bytes(client.data());
  if (bytes.size() <= 4) return std::string(bytes);
  return std::string(bytes.starts_with(mapped) ? bytes.substr(mapped.size()) : bytes.substr(0, 8));
}

/// A listening socket.
class Listener {
public:
  Listener(EventLoop& loop, ClientGroup& group, OwnedFd socket, RequestHandler& handler)
      : loop_(loop), group_(group), handler_(handler), acceptor_(loop.context), pause_(loop.context) {
    // The family does not matter for an existing socket: accept gives the client's address as it is.
    error_code ignored;
    acceptor_.assign(EventLoop::Protocol(0, 0), socket.release(), ignored);
    acceptor_.non_blocking(true, ignored);
  }

  void accept() {
    acceptor_.async_accept(loop_.context, client_, [this](const error_code& error, EventLoop::Socket socket) {
      if (error == boost::asio::error::operation_aborted) return;
      if (error)
        failed();
      else
        accepted(std::move(socket));
    });
  }

private:
  /// The process or the system has no descriptors left, or the client is gone already.
  void failed() {
    make_room();
    pause_.expires_after(std::chrono::milliseconds(20));
    pause_.async_wait([this](const error_code& error) {
      if (!error) accept();
    });
  }

  void accepted(EventLoop::Socket socket) {
    ++loop_.accepted;
    error_code ignored;
    socket.non_blocking(true, ignored);
    platform::send_at_once(socket.native_handle());
    const std::string address = counted_address(client_);
    const bool too_many =
        !address.empty() && group_.connections.count(address) >= loop_.options.max_connections_per_address;
    if (!too_many && group_.connections.size() >= group_.max_connections) make_room();
    if (too_many || group_.connections.size() >= group_.max_connections)
      refuse(socket, too_many);
    else
      std::make_shared<Connection>(loop_, group_, std::move(socket), address, handler_)->start();
    accept();
  }

  /// Closes the connection that has been idle longest. A client that has just had an answer may be sending
  /// its next request, so its connection stays for a while.
  void make_room() {
    const auto before = EventLoop::Clock::now() - std::chrono::seconds(1);
    for (Connection* idle :
         {group_.connections.longest_new(), group_.connections.longest_between_requests()}) {
      if (idle == nullptr || !idle->is_idle_since(before)) continue;
      ++loop_.evicted;
      return idle->close();
    }
  }

  /// Sends a response and closes the connection at once, because a refused connection must cost nothing.
  /// Bytes that the client has already sent are read first, because they would make its system discard the
  /// response.
  void refuse(EventLoop::Socket& socket, bool by_address) {
    ++loop_.refused;
    const Response response =
        by_address ? error_response(429, PluginErrorCode::request,
                                    "this address has too many connections (maxConnectionsPerAddress)")
                   : error_response(503, PluginErrorCode::limit_process,
                                    "the server has too many connections (maxConnections)");
    const std::string text = response_head(response, loop_.date(), KeepAlive::no) + response.body;
    error_code ignored;
    socket.write_some(boost::asio::buffer(text), ignored);
    socket.read_some(boost::asio::buffer(loop_.scratch), ignored);
  }

  EventLoop& loop_;
  ClientGroup& group_;
  RequestHandler& handler_;
  EventLoop::Acceptor acceptor_;
  EventLoop::Protocol::endpoint client_;
  boost::asio::steady_timer pause_;
};

} // namespace

struct HttpServer::Impl {
  explicit Impl(const HttpOptions& options)
      : loop(options), signals(loop.context), drain_end(loop.context), tick(loop.context) {}

  void wait_for_signal() {
    signals.async_wait([this](const error_code& error, int signal) {
      if (error) return;
      handle_signal(signal);
      wait_for_signal();
    });
  }

  void wait_for_tick() {
    tick.expires_after(interval);
    tick.async_wait([this](const error_code& error) {
      if (error) return;
      task();
      wait_for_tick();
    });
  }

  EventLoop loop;
  std::list<Listener> listeners;
  boost::asio::signal_set signals;
  std::function<void(int)> handle_signal;
  boost::asio::steady_timer drain_end, tick;
  std::chrono::milliseconds interval{0};
  std::function<void()> task;
};

HttpServer::HttpServer(const HttpOptions& options) : impl_(std::make_unique<Impl>(options)) {}

HttpServer::~HttpServer() {
  // Connections refer to the table, so they are closed while it exists.
  for (ClientGroup* group : {&impl_->loop.callers, &impl_->loop.operators})
    while (!group->connections.all().empty()) group->connections.all().front()->close();
}

void HttpServer::listen(OwnedFd socket, RequestHandler& handler, bool for_operators) {
  EventLoop& loop = impl_->loop;
  ClientGroup& group = for_operators ? loop.operators : loop.callers;
  impl_->listeners.emplace_back(loop, group, std::move(socket), handler).accept();
}

void HttpServer::on_signals(const std::vector<int>& signals, std::function<void(int)> handle) {
  impl_->handle_signal = std::move(handle);
  error_code ignored;
  for (const int signal : signals) impl_->signals.add(signal, ignored);
  impl_->wait_for_signal();
}

void HttpServer::poll_signals() { impl_->loop.context.poll(); }

void HttpServer::call_every(std::chrono::milliseconds interval, std::function<void()> task) {
  impl_->interval = interval;
  impl_->task = std::move(task);
  impl_->wait_for_tick();
}

void HttpServer::run() {
  impl_->loop.context.run();
  error_code ignored;
  impl_->signals.clear(ignored); // from now on, a signal ends the process
}

void HttpServer::drain(std::chrono::milliseconds time) {
  EventLoop& loop = impl_->loop;
  if (loop.is_draining) return;
  for (ClientGroup* group : {&loop.callers, &loop.operators}) {
    while (Connection* idle = group->connections.longest_new()) idle->close();
    while (Connection* idle = group->connections.longest_between_requests()) idle->close();
    for (Connection* connection : group->connections.all())
      if (connection->is_serving()) loop.awaited.push_back(connection);
  }
  loop.is_draining = true;
  if (loop.awaited.empty()) return stop();
  impl_->drain_end.expires_after(time);
  impl_->drain_end.async_wait([this](const error_code& error) {
    if (!error) stop();
  });
}

bool HttpServer::is_draining() const noexcept { return impl_->loop.is_draining; }
bool HttpServer::make_room_for_answer() {
  ClientGroup& callers = impl_->loop.callers;
  impl_->loop.evicted += callers.readers.make_room(*callers.responses);
  return callers.responses->used() <= callers.responses->allowed() / 2;
}
bool HttpServer::is_unfinished() const noexcept { return !impl_->loop.awaited.empty(); }
void HttpServer::stop() { impl_->loop.context.stop(); }

HttpCounts HttpServer::counts() const noexcept {
  const EventLoop& loop = impl_->loop;
  return {loop.open, loop.accepted, loop.refused, loop.evicted,
          loop.callers.held_bytes() + loop.operators.held_bytes()};
}

} // namespace skerry::host::server
