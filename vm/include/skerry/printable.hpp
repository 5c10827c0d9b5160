// Text that came from a module, a file or a guest, made fit for people: one line, short, nothing that a
// terminal obeys.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace skerry {

/// Names in messages, backtraces and listings: longer ones help nobody, and there may be many.
inline constexpr size_t longest_printed_name = 200;
/// Whole messages, and lists of names in them.
inline constexpr size_t longest_printed_message = 16'384;

/// `text` in at most `most` bytes (not less than 40): of a longer one, whole characters and how many bytes
/// were left out, "abc… (1048573 bytes more)". Characters that control a terminal or cannot be seen are
/// written as \u{1b}: control, format and separator characters, bidirectional marks and blanks of no width;
/// bytes that are no UTF-8 as \x9b. Everything else, backslashes too, stays: doing it twice changes nothing.
/// Thread-safe, as is all that follows.
std::string printable(std::string_view text, size_t most = longest_printed_name);
/// The same in double quotes, and with \" and \\ so that nobody can end the quotation.
std::string in_quotes(std::string_view text, size_t most = longest_printed_name);
/// The same for a text of several lines: newlines and tabulators stay. For what already has the names in it
/// made printable.
std::string printable_lines(std::string_view text, size_t most = size_t{1} << 20);
/// `names` with commas between, at most 20 of them; then how many more there are. Empty for none.
std::string printable_list(std::span<const std::string> names);

/// Does a character need an escape in print? Also for those who have an escape of their own, as JSON has.
bool is_printable(char32_t character) noexcept;

} // namespace skerry
