#include "vm/wat/source_line.hpp"

#include "skerry/printable.hpp"
#include "vm/wat/lexer.hpp"

#include <algorithm>

namespace skerry::vm::wat {

namespace {

constexpr size_t most_before = 60, most_after = 40; // bytes of the line around the place

bool is_inside_character(std::string_view text, size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
}

/// Returns a piece of a line in printable form. A tab becomes a space, so that the caret stands right.
std::string shown(std::string_view piece) {
  std::string text(piece);
  std::ranges::replace(text, '\t', ' ');
  return printable(text, longest_printed_message);
}

size_t width(std::string_view text) {
  size_t characters = 0;
  for (size_t i = 0; i < text.size(); ++i) characters += !is_inside_character(text, i);
  return characters;
}

} // namespace

std::string source_line(std::string_view text, size_t offset) {
  constexpr std::string_view line_ends = "\n\r";
  const size_t first = text.starts_with(Lexer::byte_order_mark) ? Lexer::byte_order_mark.size() : 0;
  const size_t at = std::max(first, std::min(offset, text.size()));
  const size_t end_before = at == 0 ? std::string_view::npos : text.find_last_of(line_ends, at - 1);
  const size_t line_begin = end_before == std::string_view::npos ? first : end_before + 1;
  const size_t line_end = std::min(text.find_first_of(line_ends, at), text.size());
  size_t begin = std::max(line_begin, at - std::min(at, most_before));
  size_t end = std::min(line_end, at + most_after);
  while (begin < at && is_inside_character(text, begin)) ++begin;
  while (end < line_end && is_inside_character(text, end)) ++end;

  const std::string number = std::to_string(position_at(text, at).line);
  const std::string before = (begin > line_begin ? "…" : "") + shown(text.substr(begin, at - begin));
  const std::string after = shown(text.substr(at, end - at)) + (end < line_end ? "…" : "");
  const std::string margin(number.size(), ' ');
  return number + " | " + before + after + "\n" + margin + " | " + std::string(width(before), ' ') + "^";
}

void add_place(Error& error, std::string_view text, size_t offset) {
  const SourcePosition position = position_at(text, offset);
  error.with_offset(offset).with_source(position, source_line(text, offset));
  error.with_detail(" at " + std::to_string(position.line) + ":" + std::to_string(position.column));
}

} // namespace skerry::vm::wat
