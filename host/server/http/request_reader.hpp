// Reads requests from the bytes of a connection. Internal.
#pragma once

#include "host/server/http/head_scanner.hpp"
#include "host/server/http/held_bytes.hpp"
#include "host/server/http/request.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::host::server {

struct ReaderLimits {
  HeadLimits head;
  uint64_t body_bytes = uint64_t{1} << 20;
};

/// Whether a connection stays open after a response (RFC 9112, section 9.3).
enum class KeepAlive : uint8_t {
  no,        ///< the response has "Connection: close"
  yes,       ///< as every client of HTTP/1.1 expects
  announced, ///< the response has "Connection: keep-alive", because the client speaks HTTP/1.0
};

/// Why a request is refused. The connection must be closed after the response, because the place of the next
/// request is not known.
struct Refusal {
  int status = 400;
  PluginErrorCode code = PluginErrorCode::request;
  std::string message;
};

/// Reads one request after another, as RFC 9112 defines them, and checks every limit before it keeps bytes.
/// Nothing is decoded: bodies are bytes, whatever Content-Type and Content-Encoding say.
class RequestReader {
public:
  enum class Step : uint8_t {
    need_more, ///< call `advance` again when more bytes have arrived
    head,      ///< the head is complete; the body may still be missing
    done,      ///< the request is complete
  };

  /// All bytes that the reader keeps are charged to `budget`.
  RequestReader(const ReaderLimits& limits, std::shared_ptr<ByteBudget> budget);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  /// Returns the memory for the next bytes of the connection. It is empty if the budget is used up.
  std::span<char> space();
  /// Tells how many bytes were written to `space`.
  void arrived(size_t bytes) noexcept { end_ += bytes; }
  /// Reads on. After Step::head, the next call reads the body. After Step::done, `take` must be called first.
  [[nodiscard]] skerry::Expected<Step, Refusal> advance();

  /// The head, from Step::head on.
  const RequestHead& head() const noexcept;
  /// True if the client waits for "100 Continue" before it sends the body. From Step::head on.
  bool expects_continue() const noexcept;
  /// Whether another request may follow on this connection. From Step::head on.
  KeepAlive keep_alive() const noexcept;
  /// Returns the complete request, and prepares the reader for the next one.
  Request take();
  /// Frees all that has arrived. Nothing can be read afterwards.
  void drop();
  /// The bytes charged for the request that is arriving.
  uint64_t held_bytes() const noexcept;
  /// True if no byte of the next request has arrived. Frees the memory for reading in this case.
  bool is_idle();

private:
  class Parser;

  std::string_view unread() const noexcept { return {buffer_.data() + begin_, end_ - begin_}; }
  size_t largest_buffer() const noexcept;
  void start_request();
  [[nodiscard]] skerry::Expected<Step, Refusal> read_head();
  [[nodiscard]] skerry::Expected<Step, Refusal> read_body();

  const ReaderLimits limits_;
  const std::shared_ptr<ByteBudget> budget_;
  HeldBytes held_; // the buffer
  std::vector<char> buffer_;
  size_t begin_ = 0, end_ = 0; // the part of the buffer that was not parsed
  HeadScanner scanner_;
  std::unique_ptr<Parser> parser_;
};

Response response_of(const Refusal& refusal);
/// The refusal of a request because the budget for held bytes is used up.
Refusal out_of_budget();

} // namespace skerry::host::server
