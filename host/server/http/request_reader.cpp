// Reads requests with the parser of Boost.Beast. The parser decides what is a head and what is a body; this
// file adds the rules on which smuggling of requests depends, and the limits.
#include "host/server/http/request_reader.hpp"

#include "host/server/http/boost.hpp"
#include "host/support/ascii.hpp"
#include "host/support/fail.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

namespace skerry::host::server {

namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using BoostText = boost::beast::string_view;

constexpr size_t first_buffer = HeldBytes::free_bytes;
constexpr size_t body_buffer = size_t{16} << 10; // also the longest line of a chunk, and the largest trailer

std::string_view as_std(BoostText text) { return {text.data(), text.size()}; }

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

/// True if `text` may be the value of Host: a name or an address with an optional port, or nothing (RFC 9110,
/// section 7.2; RFC 3986, section 3.2).
bool is_host(std::string_view text) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%!$&'()*+,;=:[]";
  return text.find_first_not_of(allowed) == text.npos;
}

Refusal bad_request(std::string message) { return {400, PluginErrorCode::request, std::move(message)}; }

Refusal refusal_of(HeadProblem problem, const HeadLimits& limits) {
  switch (problem) {
  case HeadProblem::long_line:
    return {414, PluginErrorCode::request,
            "the request line is longer than " + std::to_string(limits.line_bytes) + " bytes"};
  case HeadProblem::large_fields:
    return {431, PluginErrorCode::request,
            "the header fields are larger than " + std::to_string(limits.fields_bytes) + " bytes"};
  case HeadProblem::too_many_fields:
    return {431, PluginErrorCode::request,
            "the request has more than " + std::to_string(limits.fields) + " header fields"};
  case HeadProblem::no_method: return bad_request("this is not HTTP; the server does not speak TLS");
  case HeadProblem::bare_newline: return bad_request("a line of the head ends with LF instead of CRLF");
  case HeadProblem::folded_field: return bad_request("a header field continues on a second line");
  }
  std::unreachable();
}

Refusal refusal_of(const error_code& error) {
  if (error == http::error::bad_version)
    return {505, PluginErrorCode::request, "the server speaks HTTP/1.1 and HTTP/1.0"};
  return bad_request("the request is malformed: " + error.message());
}

Refusal large_body(uint64_t limit) {
  return {413, PluginErrorCode::limit_input,
          "the body is larger than " + std::to_string(limit) + " bytes (maxRequestKB)"};
}

} // namespace

Response response_of(const Refusal& refusal) {
  return error_response(refusal.status, refusal.code, refusal.message);
}

Refusal out_of_budget() {
  return {503, PluginErrorCode::limit_process,
          "the server holds too many bytes for its clients (maxBufferedMB)"};
}

/// Receives the parts of a request from Beast's parser.
class RequestReader::Parser : public http::basic_parser<true> {
public:
  Parser(const ReaderLimits& limits, std::shared_ptr<ByteBudget> budget)
      : limits_(limits), held_(std::move(budget)) {
    // The scanner has already checked the size of the head; `add_to_body` checks that of the body.
    header_limit(static_cast<uint32_t>(limits.head.line_bytes + limits.head.fields_bytes + 1024));
    body_limit(UINT64_MAX); // Boost 1.74 takes boost::none for 0
  }

  /// Refuses a request whose header fields contradict each other. Called when the head is complete.
  void check_head();

  RequestHead request_head;
  std::string body;
  std::optional<Refusal> refusal;
  bool must_continue = false;

  int version() const noexcept { return version_; }
  uint64_t held_bytes() const noexcept { return held_.bytes(); }
  HeldBytes take_held() noexcept { return std::move(held_); }

private:
  void on_request_impl(http::verb, BoostText method, BoostText target, int version, error_code&) override;
  void on_field_impl(http::field name, BoostText, BoostText text, error_code&) override;
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<uint64_t>&, error_code&) override {}
  size_t on_body_impl(BoostText bytes, error_code& error) override { return add_to_body(bytes, error); }
  void on_chunk_header_impl(uint64_t size, BoostText, error_code& error) override;
  size_t on_chunk_body_impl(uint64_t, BoostText bytes, error_code& error) override {
    return add_to_body(bytes, error);
  }
  void on_finish_impl(error_code&) override {}
  void on_response_impl(int, BoostText, int, error_code&) override {}

  void refuse(Refusal why) {
    if (!refusal) refusal = std::move(why);
  }
  void set_target(std::string_view target);
  void add_coding(std::string_view value);
  size_t add_to_body(BoostText bytes, error_code& error);
  bool make_room(uint64_t size);

  const ReaderLimits& limits_;
  HeldBytes held_; // the body
  int version_ = 11;
  uint32_t hosts_ = 0, lengths_ = 0, codings_ = 0;
};

/// Accepts "/path?query" and "http://host/path?query" (RFC 9112, sections 3.2.1 and 3.2.2).
void RequestReader::Parser::set_target(std::string_view target) {
  const size_t scheme = target.find("://");
  if (!target.starts_with('/') && scheme != target.npos) {
    const size_t path = target.find('/', scheme + 3);
    target = path == target.npos ? std::string_view("/") : target.substr(path);
  }
  if (target.contains('#')) return refuse(bad_request("the request's target has a fragment"));
  const size_t query = std::min(target.find('?'), target.size());
  request_head.path = target.substr(0, query);
  request_head.query = target.substr(std::min(query + 1, target.size()));
}

void RequestReader::Parser::on_request_impl(http::verb, BoostText method, BoostText target, int version,
                                            error_code&) {
  request_head.method = as_std(method);
  version_ = version;
  set_target(as_std(target));
}

void RequestReader::Parser::add_coding(std::string_view value) {
  ++codings_;
  if (!equal_ignoring_case(value, "chunked"))
    refuse({501, PluginErrorCode::request, "the only supported Transfer-Encoding is chunked"});
}

void RequestReader::Parser::on_field_impl(http::field name, BoostText, BoostText text, error_code&) {
  if (is_header_done()) return; // a trailer, which nothing uses
  const std::string_view value = as_std(text);
  switch (name) {
  case http::field::host:
    if (++hosts_ > 1) refuse(bad_request("the request has several Host fields"));
    if (!is_host(value)) refuse(bad_request("the Host field is not the name of a host"));
    break;
  case http::field::content_length:
    if (++lengths_ > 1) refuse(bad_request("the request has several Content-Length fields"));
    if (!is_number(value)) refuse(bad_request("Content-Length is not a number"));
    break;
  case http::field::transfer_encoding: add_coding(value); break;
  case http::field::expect:
    if (!equal_ignoring_case(value, "100-continue"))
      refuse({417, PluginErrorCode::request, "the only supported Expect is 100-continue"});
    must_continue = true;
    break;
  case http::field::authorization:
    if (request_head.authorization) refuse(bad_request("the request has several Authorization fields"));
    request_head.authorization = std::string(value);
    break;
  default: break;
  }
}

void RequestReader::Parser::check_head() {
  if (codings_ > 1) refuse(bad_request("the request has several Transfer-Encoding fields"));
  if (codings_ > 0 && lengths_ > 0)
    refuse(bad_request("the request has both Content-Length and Transfer-Encoding"));
  if (codings_ > 0 && version_ == 10) refuse(bad_request("HTTP/1.0 has no Transfer-Encoding"));
  if (hosts_ == 0 && version_ == 11) refuse(bad_request("the request has no Host field"));
  if (version_ == 10) must_continue = false; // RFC 9110, section 10.1.1
  const auto length = content_length();
  if (length && *length > limits_.body_bytes) refuse(large_body(limits_.body_bytes));
}

void RequestReader::Parser::on_chunk_header_impl(uint64_t size, BoostText, error_code& error) {
  if (size <= limits_.body_bytes && body.size() + size <= limits_.body_bytes) return;
  refuse(large_body(limits_.body_bytes));
  error = http::error::body_limit;
}

/// Makes room for `size` bytes in the body. The string's capacity is what is charged; it doubles, but does
/// not exceed the size that the head names.
bool RequestReader::Parser::make_room(uint64_t size) {
  if (size <= body.capacity()) return true;
  const uint64_t largest = content_length().value_or(limits_.body_bytes);
  const uint64_t wanted = std::max(size, std::min<uint64_t>(largest, body.capacity() * 2));
  if (!held_.grow_to(wanted)) return false;
  body.reserve(wanted);
  return true;
}

size_t RequestReader::Parser::add_to_body(BoostText bytes, error_code& error) {
  const uint64_t size = body.size() + bytes.size();
  if (size > limits_.body_bytes)
    refuse(large_body(limits_.body_bytes));
  else if (!make_room(size))
    refuse(out_of_budget());
  if (refusal) {
    error = http::error::body_limit;
    return 0;
  }
  body.append(bytes.data(), bytes.size());
  return bytes.size();
}

RequestReader::RequestReader(const ReaderLimits& limits, std::shared_ptr<ByteBudget> budget)
    : limits_(limits), budget_(std::move(budget)), held_(budget_), scanner_(limits.head) {}

RequestReader::~RequestReader() = default;

size_t RequestReader::largest_buffer() const noexcept {
  // One byte more than the largest head, so that a full buffer always shows that a limit is exceeded.
  constexpr size_t line_ends = 5;
  return std::max(body_buffer, limits_.head.line_bytes + limits_.head.fields_bytes + line_ends);
}

std::span<char> RequestReader::space() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) {
    const size_t wanted = std::clamp(buffer_.size() * 2, first_buffer, largest_buffer());
    if (wanted == buffer_.size() || !held_.grow_to(wanted)) return {};
    buffer_.resize(wanted);
  }
  return std::span(buffer_).subspan(end_);
}

void RequestReader::start_request() {
  scanner_ = HeadScanner(limits_.head);
  parser_ = std::make_unique<Parser>(limits_, budget_);
}

skerry::Expected<RequestReader::Step, Refusal> RequestReader::advance() {
  if (!parser_) {
    // RFC 9112, section 2.2: empty lines before the request line are ignored.
    while (unread().starts_with("\r\n")) begin_ += 2;
    if (unread().empty() || unread() == "\r") return Step::need_more;
    start_request();
  }
  return parser_->is_header_done() ? read_body() : read_head();
}

skerry::Expected<RequestReader::Step, Refusal> RequestReader::read_head() {
  const auto size = scanner_.scan(unread());
  if (!size) return fail(refusal_of(size.error(), limits_.head));
  if (*size == 0) return Step::need_more;
  error_code error;
  const size_t used = parser_->put(boost::asio::const_buffer(unread().data(), *size), error);
  if (!error && !parser_->is_header_done()) error = http::error::bad_field;
  if (error) return fail(parser_->refusal ? *parser_->refusal : refusal_of(error));
  parser_->check_head();
  if (parser_->refusal) return fail(*parser_->refusal);
  begin_ += used;
  return Step::head;
}

skerry::Expected<RequestReader::Step, Refusal> RequestReader::read_body() {
  while (!parser_->is_done()) {
    // Beast 1.74 asserts that there are five bytes when it looks at a last chunk again. More bytes must come,
    // because the shortest last chunk is "0\r\n\r\n".
    const bool may_be_last_chunk = parser_->chunked() && unread().size() < 5 && unread().starts_with('0');
    if (unread().empty() || may_be_last_chunk) return Step::need_more;
    error_code error;
    begin_ += parser_->put(boost::asio::const_buffer(unread().data(), unread().size()), error);
    if (parser_->refusal) return fail(*parser_->refusal);
    if (error == http::error::need_more) {
      if (unread().size() < body_buffer) return Step::need_more;
      return fail(bad_request("a chunk's first line, or the trailer, is longer than " +
                              std::to_string(body_buffer) + " bytes"));
    }
    if (error == http::error::body_limit) return fail(large_body(limits_.body_bytes));
    if (error) return fail(refusal_of(error));
  }
  return Step::done;
}

const RequestHead& RequestReader::head() const noexcept { return parser_->request_head; }
bool RequestReader::expects_continue() const noexcept {
  return parser_->must_continue && !parser_->is_done();
}
KeepAlive RequestReader::keep_alive() const noexcept {
  if (!parser_->keep_alive()) return KeepAlive::no;
  return parser_->version() == 10 ? KeepAlive::announced : KeepAlive::yes;
}

Request RequestReader::take() {
  Request request{std::move(parser_->request_head), std::move(parser_->body), parser_->take_held()};
  parser_.reset();
  return request;
}

void RequestReader::drop() {
  parser_.reset();
  begin_ = end_ = 0;
  buffer_ = {};
  held_.release();
}

uint64_t RequestReader::held_bytes() const noexcept {
  return held_.bytes() + (parser_ ? parser_->held_bytes() : 0);
}

bool RequestReader::is_idle() {
  if (parser_ || begin_ != end_) return false;
  drop();
  return true;
}

} // namespace skerry::host::server
