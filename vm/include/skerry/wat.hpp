// The text format (spec §6): converts modules from text to binary and back.
#pragma once

#include "skerry/byte_view.hpp"
#include "skerry/error.hpp"
#include "skerry/limits.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::wat {

/// Options of to_binary.
struct ToBinaryOptions {
  /// Writes the identifiers of the text into a name section, so that backtraces and to_text show them.
  bool names = true;
  /// Limits on the module. If the text has more functions, types and so on, to_binary fails with an error of
  /// kind limit.
  ModuleLimits limits = {};
  /// The time at which to_binary ends with ErrorCode::deadline_exceeded. It is checked for every 64 KiB of
  /// the text; reading 64 KiB takes about a millisecond. It is not checked inside a comment or a string.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  /// Bytes of memory that to_binary may hold at once. If max_bytes is less than four times the text's size,
  /// the text is refused with an error of kind limit.
  uint64_t max_bytes = ~uint64_t{0};
};

/// Translates a text, `(module …)` or a list of module fields, into the binary format. The result is not
/// validated: pass it to Module::compile. Memory: at most 64 MB plus four times the text's size. Processor
/// time: at most 0.2 s plus 20 ms for each MB. Nesting is limited to 100,000.
/// Errors: malformed, with the byte offset in the text, a position() and a source(); the message begins with
/// the words of the official test suite and ends with " at LINE:COLUMN". Also unsupported, if the text uses a
/// feature that this version does not have; limit, if the text has 4 GiB or more or exceeds a limit of
/// `options`; deadline_exceeded. Thread-safe.
Result<std::vector<std::byte>> to_binary(std::string_view text, const ToBinaryOptions& options = {});

/// Finds the place in a text that an error of Module::compile or Module::validate is about. `error` must be
/// about the module that to_binary made from `text` with the same options. The result has the byte offset in
/// the text, a position() and a source(), and its message ends with " at LINE:COLUMN". Returns `error`
/// unchanged if the place is unknown. Reads the whole text once more, and takes up to eight times its size
/// more memory than to_binary. Thread-safe.
Error locate(std::string_view text, const Error& error, const ToBinaryOptions& options = {});

/// Receives text in pieces of about 64 KiB. Returns false if it cannot write a piece; to_text then stops.
using TextWriter = std::function<bool(std::string_view)>;

/// The default limit in bytes on the text of a module of `module_bytes` bytes: 16 MiB plus 64 bytes for each
/// byte of the module. The text of most modules is less than ten times as long as the module. But a few bytes
/// that declare many locals can become a text that is a million times as long.
uint64_t most_text(uint64_t module_bytes);

/// Options of to_text.
struct ToTextOptions {
  uint64_t max_bytes = 0; ///< a longer text is an error of kind limit; 0: the limit is most_text
  /// The time at which to_text ends with ErrorCode::deadline_exceeded. It is checked for every 64 KiB of the
  /// module and of the text.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

/// Prints a module as text from which to_binary makes the same module again. Identifiers come from the name
/// section; items without a name are printed with their index. The bytes must be well-formed, but need not be
/// valid. Memory: at most 64 MB plus four times the module's size, in addition to the text. Errors:
/// malformed, limit, deadline_exceeded. Thread-safe.
Result<std::string> to_text(ByteView bytes, const ToTextOptions& options = {});
/// Like the function above, but passes the text to `write` in pieces, so that the whole text is never in
/// memory. The same limits apply. Errors: those of the function above; io if `write` returns false.
Result<void> to_text(ByteView bytes, const TextWriter& write, const ToTextOptions& options = {});

/// The position of a byte offset in a text. Thread-safe.
SourcePosition position_at(std::string_view text, size_t offset) noexcept;

/// Returns whether a file's content begins with "\0asm", as a binary module does.
bool is_binary(ByteView content) noexcept;
/// Returns whether a file's content looks like the text format: after a byte order mark and white space it
/// begins with a parenthesis or a comment.
bool is_text(ByteView content) noexcept;

} // namespace skerry::wat
