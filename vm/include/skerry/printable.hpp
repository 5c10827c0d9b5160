// Makes text from a module, a file or a guest safe to print: one short line without control characters.
#pragma once

#include "skerry/cxx20.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace skerry {

/// The limit in bytes for a name in messages, backtraces and listings, which may contain many names.
inline constexpr size_t longest_printed_name = 200;
/// The limit in bytes for a whole message, and for a list of names in a message.
inline constexpr size_t longest_printed_message = 16'384;

/// Returns `text` in at most `most` bytes (at least 40). A longer text is cut after a whole character, and
/// the number of omitted bytes is appended: "abc… (1048573 bytes more)". Characters that control a terminal
/// or are invisible are written as \u{1b}: control, format and separator characters, bidirectional marks and
/// zero-width spaces. Bytes that are not UTF-8 are written as \x9b. Everything else stays the same, including
/// backslashes, so that a second call changes nothing. All functions in this file are thread-safe.
std::string printable(std::string_view text, size_t most = longest_printed_name);
/// Returns printable(text) in double quotes. Escapes " and \, so that the text cannot end the quotation.
std::string in_quotes(std::string_view text, size_t most = longest_printed_name);
/// Like printable, for a text of several lines: newlines and tabs stay. Names inside the text must
/// already be printable.
std::string printable_lines(std::string_view text, size_t most = size_t{1} << 20);
/// Returns at most 20 of `names`, separated by commas, then the number of the other names. Empty if `names`
/// is empty.
std::string printable_list(std::span<const std::string> names);

/// Returns whether a character can be printed without an escape. Code that writes other escapes, such as
/// JSON, uses this function too.
bool is_printable(char32_t character) noexcept;

} // namespace skerry
