// Makes text from a module, a file or a guest safe to print: one short line without terminal controls.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace skerry {

/// The limit for names in messages, backtraces and listings, of which there may be many.
inline constexpr size_t longest_printed_name = 200;
/// The limit for whole messages, and for lists of names in them.
inline constexpr size_t longest_printed_message = 16'384;

/// Returns `text` in at most `most` bytes (at least 40). A longer text is cut after a whole character,
/// followed by how many bytes were left out: "abc… (1048573 bytes more)". Characters that control a terminal
/// or are invisible are written as \u{1b}: control, format and separator characters, bidirectional marks and
/// zero-width spaces. Bytes that are not UTF-8 are written as \x9b. Everything else stays, backslashes too,
/// so applying it twice changes nothing. Thread-safe, as are all functions below.
std::string printable(std::string_view text, size_t most = longest_printed_name);
/// The same in double quotes, with " and \ escaped so that the text cannot end the quotation.
std::string in_quotes(std::string_view text, size_t most = longest_printed_name);
/// The same for a text of several lines: newlines and tabs stay. Names inside the text must have been made
/// printable before.
std::string printable_lines(std::string_view text, size_t most = size_t{1} << 20);
/// At most 20 of `names`, separated by commas, then how many more there are. Empty if there are none.
std::string printable_list(std::span<const std::string> names);

/// Returns whether a character can be printed without an escape. Writers with other escapes, such as JSON,
/// use it too.
bool is_printable(char32_t character) noexcept;

} // namespace skerry
