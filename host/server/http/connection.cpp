#include "host/server/http/connection.hpp"

#include "host/server/http/response_head.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace skerry::host::server {

namespace {

using boost::beast::error_code;
using std::chrono::milliseconds;

constexpr milliseconds linger_time{2000};
constexpr size_t linger_bytes = size_t{16} << 20;
constexpr std::string_view continue_response = "HTTP/1.1 100 Continue\r\n\r\n";

} // namespace

Connection::Connection(EventLoop& loop, ClientGroup& group, Socket socket, std::string address,
                       RequestHandler& handler)
    : loop_(loop), group_(group), socket_(std::move(socket)), address_(std::move(address)), handler_(handler),
      reader_(loop.options.reader, group.requests), timer_(loop.context), held_response_(group.responses) {
  place_ = group_.connections.add(*this, address_);
  ++loop_.open;
}

Connection::~Connection() { close(); }

void Connection::close() {
  if (phase_ == Phase::closed) return;
  leave_idle();
  stop_waiting_for_client();
  phase_ = Phase::closed;
  error_code ignored;
  socket_.close(ignored);
  held_response_.release(); // the bytes go when the operations that were just cancelled have ended
  timer_.cancel();
  group_.connections.remove(place_, address_);
  --loop_.open;
  loop_.served(this);
}

void Connection::leave_idle() {
  if (phase_ == Phase::idle) group_.connections.remove_idle(idle_place_, is_new_);
}

void Connection::enter(Phase phase, milliseconds limit) {
  leave_idle();
  stop_waiting_for_client();
  phase_ = phase;
  if (phase == Phase::idle) {
    idle_place_ = group_.connections.add_idle(*this, is_new_);
    idle_since_ = EventLoop::Clock::now();
  }
  set_deadline(limit);
}

void Connection::wait_for_client(SlowClients& list) {
  if (slow_clients_ != nullptr) return;
  slow_clients_ = &list;
  slow_place_ = list.add(*this);
  waits_since_ = EventLoop::Clock::now();
}

void Connection::stop_waiting_for_client() {
  if (slow_clients_ != nullptr) slow_clients_->remove(slow_place_);
  slow_clients_ = nullptr;
}

uint64_t Connection::waiting_bytes() const noexcept {
  return phase_ == Phase::receiving ? reader_.held_bytes() : held_response_.bytes();
}

void Connection::give_up() {
  if (phase_ == Phase::receiving)
    respond(response_of(out_of_budget()), KeepAlive::no);
  else
    close();
}

void Connection::set_deadline(milliseconds limit) {
  timer_.expires_after(limit);
  timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled) self->deadline_passed();
  });
}

void Connection::deadline_passed() {
  // The wait may have ended just before the deadline was moved.
  if (phase_ == Phase::closed || timer_.expiry() > EventLoop::Clock::now()) return;
  if (phase_ == Phase::receiving)
    respond(error_response(408, PluginErrorCode::request, "the request did not arrive in time"),
            KeepAlive::no);
  else if (phase_ != Phase::running)
    close();
}

// --- reading

void Connection::start() { next_request(); }

void Connection::next_request() {
  has_head_ = is_head_request_ = false;
  refused_.reset();
  if (!reader_.is_idle()) {
    begin_request();
    return read_on();
  }
  enter(Phase::idle, loop_.options.idle_timeout);
  wait_until_readable();
}

void Connection::wait_until_readable() {
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const error_code& error) {
    if (error)
      self->close();
    else
      self->readable();
  });
}

void Connection::readable() {
  switch (phase_) {
  case Phase::idle: begin_request(); [[fallthrough]];
  case Phase::receiving: return receive();
  case Phase::lingering: return discard();
  case Phase::running:
  case Phase::responding:
  case Phase::closed: return;
  }
}

void Connection::begin_request() {
  began_ = EventLoop::Clock::now();
  enter(Phase::receiving, std::min(loop_.options.head_timeout, loop_.options.request_timeout));
  is_new_ = false;
}

void Connection::receive() {
  loop_.evicted += group_.senders.make_room(*group_.requests);
  if (phase_ != Phase::receiving) return; // this connection was among them
  const std::span<char> space = reader_.space();
  if (space.empty()) return respond(response_of(out_of_budget()), KeepAlive::no);
  error_code error;
  const size_t size = socket_.read_some(boost::asio::buffer(space.data(), space.size()), error);
  if (error == boost::asio::error::would_block) return wait_until_readable();
  if (error) return close();
  reader_.arrived(size);
  read_on();
}

/// Reads on in the bytes that have arrived.
void Connection::read_on() {
  for (;;) {
    auto step = reader_.advance();
    if (!step) return respond(response_of(step.error()), KeepAlive::no);
    if (*step == RequestReader::Step::done) return dispatch();
    if (*step == RequestReader::Step::head) {
      head_arrived();
      continue;
    }
    if (refused_ && has_head_) return respond(std::move(*refused_), KeepAlive::no);
    wait_for_client(group_.senders);
    return wait_until_readable();
  }
}

void Connection::head_arrived() {
  has_head_ = true;
  is_head_request_ = reader_.head().method == "HEAD";
  refused_ = handler_.refuse(reader_.head());
  if (!refused_ && reader_.expects_continue()) {
    error_code ignored; // if the text cannot be sent at once, the client sends the body after a while
    socket_.write_some(boost::asio::buffer(continue_response), ignored);
  }
  const auto left =
      std::chrono::ceil<milliseconds>(began_ + loop_.options.request_timeout - EventLoop::Clock::now());
  set_deadline(std::max(left, milliseconds(0)));
}

void Connection::dispatch() {
  const KeepAlive keep_alive = reader_.keep_alive();
  Request request = reader_.take();
  if (refused_) return respond(std::move(*refused_), keep_alive);
  stop_waiting_for_client();
  phase_ = Phase::running;
  timer_.cancel();
  handler_.handle(std::move(request), [self = shared_from_this(), keep_alive](Response response) {
    boost::asio::post(self->loop_.context, [self, keep_alive, made = std::move(response)]() mutable {
      if (self->phase_ == Phase::running) self->respond(std::move(made), keep_alive);
    });
  });
}

// --- writing

void Connection::respond(Response response, KeepAlive keep_alive) {
  keep_alive_ = loop_.is_draining ? KeepAlive::no : keep_alive;
  if (keep_alive_ == KeepAlive::no)
    reader_.drop(); // no other request follows, and this one may be incomplete
  response_ = std::move(response);
  if (!held_response_.grow_to(response_.body.size())) response_ = response_of(out_of_budget());
  head_text_ = response_head(response_, loop_.date(), keep_alive_);
  enter(Phase::responding, loop_.options.request_timeout);
  if (held_response_.bytes() > 0) wait_for_client(group_.readers);
  const std::string_view body = is_head_request_ ? std::string_view() : response_.body;
  const std::array<boost::asio::const_buffer, 2> parts = {boost::asio::buffer(head_text_),
                                                          boost::asio::buffer(body)};
  boost::asio::async_write(socket_, parts, [self = shared_from_this()](const error_code& error, size_t) {
    if (error)
      self->close();
    else
      self->sent();
  });
}

void Connection::sent() {
  if (phase_ != Phase::responding) return;
  response_ = {};
  held_response_.release();
  if (keep_alive_ == KeepAlive::no) return linger();
  loop_.served(this);
  next_request();
}

/// Waits until the client has closed its side, because closing a socket with unread bytes would make the
/// client's system discard the response (RFC 9112, section 9.6).
void Connection::linger() {
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  enter(Phase::lingering, linger_time);
  loop_.served(this);
  wait_until_readable();
}

void Connection::discard() {
  error_code error;
  const size_t size = socket_.read_some(boost::asio::buffer(loop_.scratch), error);
  discarded_ += size;
  if (error == boost::asio::error::would_block) return wait_until_readable();
  if (error || discarded_ > linger_bytes) return close();
  wait_until_readable();
}

} // namespace skerry::host::server
