// The limits on the head of a request: its first line and its header fields. Internal.
#pragma once

#include "skerry/expected.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace skerry::host::server {

struct HeadLimits {
  size_t line_bytes = size_t{8} << 10;    ///< of the request line, without CRLF
  size_t fields_bytes = size_t{32} << 10; ///< of all header fields, with their CRLFs
  uint32_t fields = 100;
};

enum class HeadProblem : uint8_t {
  no_method,       ///< the first byte cannot begin a method: this is TLS, or no HTTP at all
  long_line,       ///< the request line is longer than HeadLimits::line_bytes
  large_fields,    ///< the fields are larger than HeadLimits::fields_bytes
  too_many_fields, ///< there are more fields than HeadLimits::fields
  bare_newline,    ///< a line ends with LF instead of CRLF
  folded_field,    ///< a field continues on a second line (RFC 9112, section 5.2)
};

/// Finds the end of a head while its bytes arrive, and refuses the head as soon as it exceeds a limit. Each
/// byte is read once.
class HeadScanner {
public:
  explicit HeadScanner(const HeadLimits& limits) noexcept : limits_(limits) {}

  /// Continues with `head`, all bytes that have arrived so far; it begins with the bytes of the calls before.
  /// Returns the size of the head with its empty line, or 0 if the end has not arrived.
  [[nodiscard]] skerry::Expected<size_t, HeadProblem> scan(std::string_view head);

private:
  bool is_request_line() const noexcept { return line_begin_ == 0; }
  bool is_too_long(size_t line_bytes) const noexcept;
  HeadProblem length_problem() const noexcept;
  [[nodiscard]] skerry::Expected<bool, HeadProblem> end_line(std::string_view line);

  HeadLimits limits_;
  size_t line_begin_ = 0;   // of the line that `at_` is in
  size_t at_ = 0;           // the first byte that was not looked at
  size_t fields_begin_ = 0; // the size of the request line with its CRLF
  uint32_t fields_ = 0;
};

} // namespace skerry::host::server
