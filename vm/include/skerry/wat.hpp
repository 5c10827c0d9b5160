// The text format (spec §6): converts modules from text to binary and back.
#pragma once

#include "skerry/error.hpp"
#include "skerry/limits.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::wat {

/// Options of to_binary.
struct ToBinaryOptions {
  /// Writes the identifiers into a name section, so that backtraces and to_text show them.
  bool names = true;
  /// A text with more functions, types and so on than a module may contain is an error of kind limit.
  ModuleLimits limits = {};
  /// The work ends with ErrorCode::deadline_exceeded after this time. It is checked for every 64 KiB of the
  /// text, which take about a millisecond. A comment or a string is read without a check inside it.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  /// Bytes that the work may hold at once: a text is refused, with an error of kind limit, if four times its
  /// size is more.
  uint64_t max_bytes = ~uint64_t{0};
};

/// Translates a text, `(module …)` or bare module fields, into the binary format. The result is not
/// validated: pass it to Module::compile. Memory: at most 64 MB and four times the text's size. Processor
/// time: at most 0.2 s and 20 ms for each MB. Nesting is limited to 100,000. Errors: malformed, with the byte
/// offset in the text; the message begins with the words of the official test suite and ends with " at
/// LINE:COLUMN". Also limit, for texts of 4 GiB or more, and deadline_exceeded. Thread-safe.
Result<std::vector<std::byte>> to_binary(std::string_view text, const ToBinaryOptions& options = {});

/// Takes text in pieces of about 64 KiB. Returns false if it cannot write a piece; printing then ends.
using TextWriter = std::function<bool(std::string_view)>;

/// The default limit on the text of a module of this size: 16 MiB, and 64 bytes for each byte of the module.
/// Few modules grow tenfold, but a run of locals can be a million times as long in text.
uint64_t most_text(uint64_t module_bytes);

/// Options of to_text.
struct ToTextOptions {
  uint64_t max_bytes = 0; ///< more text is an error of kind limit; 0: most_text
  /// The work ends with ErrorCode::deadline_exceeded after this time. It is checked for every 64 KiB of the
  /// module and of the text.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

/// Prints a module as text that to_binary turns into the same module again. Identifiers come from the name
/// section where it has them; ToBinaryOptions::names puts them back. The bytes must be well-formed, but need
/// not be valid. Memory: at most 64 MB and four times the module's size, besides the text. Errors: malformed,
/// limit, deadline_exceeded. Thread-safe.
Result<std::string> to_text(std::span<const std::byte> bytes, const ToTextOptions& options = {});
/// The same for a text of any length, which is passed to `write` and not kept. Errors: also io, if `write`
/// returns false.
Result<void> to_text(std::span<const std::byte> bytes, const TextWriter& write,
                     const ToTextOptions& options = {});

/// A position in a text.
struct Position {
  uint32_t line = 1, column = 1; ///< both counted from 1; columns count bytes
};
/// The position of a byte offset in a text. Thread-safe.
Position position_at(std::string_view text, size_t offset) noexcept;

/// Returns whether a file's content is a binary module: whether it begins with "\0asm".
bool is_binary(std::span<const std::byte> content) noexcept;

} // namespace skerry::wat
