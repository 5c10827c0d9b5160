// The text format (spec §6): modules from text to bytes and back.
#pragma once

#include "skerry/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::wat {

struct ToBinaryOptions {
  /// Write the identifiers into a name section, so that backtraces and to_text have them.
  bool names = true;
};

/// Translates a text, `(module …)` or bare module fields, into the binary format. The bytes are not
/// validated: give them to Module::compile. Memory and time are linear in the text; nesting is limited to
/// 100,000. Errors: malformed, with the byte offset in the text; the message begins with the official test
/// suite's words and ends with " at LINE:COLUMN". limit for texts of 4 GiB or more. Thread-safe.
Result<std::vector<std::byte>> to_binary(std::string_view text, const ToBinaryOptions& options = {});

/// The module as text that to_binary turns into the same module again; with `names` kept where they are in
/// its name section. The bytes need not be valid, only well-formed. Errors: malformed. Thread-safe.
Result<std::string> to_text(std::span<const std::byte> bytes);

struct Position {
  uint32_t line = 1, column = 1; ///< from 1; columns count bytes
};
/// Where a byte offset is in a text.
Position position_at(std::string_view text, size_t offset) noexcept;

/// Whether a file's content is a binary module (it begins with "\0asm").
bool is_binary(std::span<const std::byte> content) noexcept;

} // namespace skerry::wat
