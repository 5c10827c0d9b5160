// The text format (spec §6): modules from text to bytes and back.
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

struct ToBinaryOptions {
  /// Write the identifiers into a name section, so that backtraces and to_text have them.
  bool names = true;
  /// More functions, types and so on than a module may contain are not kept, but an error of kind limit.
  ModuleLimits limits = {};
  /// When it has passed, the work ends with ErrorCode::deadline_exceeded. Looked at for every 64 KiB of the
  /// text, which take about a millisecond; a comment or a string is read in one piece.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

/// Translates a text, `(module …)` or bare module fields, into the binary format. The bytes are not
/// validated: give them to Module::compile. Takes at most 64 MB and four times the text of memory, and 0.2 s
/// and 20 ms for each MB of processor time; nesting is limited to 100,000. Errors: malformed, with the byte
/// offset in the text; the message begins with the official test suite's words and ends with " at
/// LINE:COLUMN". limit for texts of 4 GiB or more; deadline_exceeded. Thread-safe.
Result<std::vector<std::byte>> to_binary(std::string_view text, const ToBinaryOptions& options = {});

/// Takes text piece by piece, some 64 KiB at once. False: it could not be written, and no more is printed.
using TextWriter = std::function<bool(std::string_view)>;

/// How much text a module of this size becomes unless told otherwise: 16 MiB, and 64 bytes for each of its
/// own. Few become ten times as large, but a run of locals can be a million times as long in text.
uint64_t most_text(uint64_t module_bytes);

struct ToTextOptions {
  uint64_t max_bytes = 0; ///< more text is an error of kind limit; 0: most_text
  /// When it has passed, the work ends with ErrorCode::deadline_exceeded. Looked at for every 64 KiB of the
  /// module and of the text.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

/// The module as text that to_binary turns into the same module again; with `names` kept where they are in
/// its name section. The bytes need not be valid, only well-formed. Takes at most 64 MB and four times the
/// module of memory, besides the text. Errors: malformed, limit, deadline_exceeded.
/// Thread-safe.
Result<std::string> to_text(std::span<const std::byte> bytes, const ToTextOptions& options = {});
/// The same for text of any length, none of which is kept; io when `write` refuses.
Result<void> to_text(std::span<const std::byte> bytes, const TextWriter& write,
                     const ToTextOptions& options = {});

struct Position {
  uint32_t line = 1, column = 1; ///< from 1; columns count bytes
};
/// Where a byte offset is in a text.
Position position_at(std::string_view text, size_t offset) noexcept;

/// Whether a file's content is a binary module (it begins with "\0asm").
bool is_binary(std::span<const std::byte> content) noexcept;

} // namespace skerry::wat
