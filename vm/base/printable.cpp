// Decides which characters are printable, and how unprintable characters are written (documented in
// skerry/printable.hpp).
#include "skerry/printable.hpp"

#include "vm/base/hex.hpp"
#include "vm/base/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace skerry {

namespace {

struct Range {
  char32_t first, last;
};
/// The characters that are not printable: Unicode's categories Cc, Cf, Zl and Zp, and other invisible
/// characters (fillers, joiners, variation selectors, noncharacters). Sorted.
constexpr std::array hidden{
    Range{0x00, 0x1f},       Range{0x7f, 0x9f},       Range{0xad, 0xad},       Range{0x34f, 0x34f},
    Range{0x600, 0x605},     Range{0x61c, 0x61c},     Range{0x6dd, 0x6dd},     Range{0x70f, 0x70f},
    Range{0x890, 0x891},     Range{0x8e2, 0x8e2},     Range{0x115f, 0x1160},   Range{0x17b4, 0x17b5},
    Range{0x180b, 0x180f},   Range{0x200b, 0x200f},   Range{0x2028, 0x202e},   Range{0x2060, 0x206f},
    Range{0x3164, 0x3164},   Range{0xfdd0, 0xfdef},   Range{0xfe00, 0xfe0f},   Range{0xfeff, 0xfeff},
    Range{0xffa0, 0xffa0},   Range{0xfff0, 0xfffb},   Range{0xfffe, 0xffff},   Range{0x110bd, 0x110bd},
    Range{0x110cd, 0x110cd}, Range{0x13430, 0x1343f}, Range{0x1bca0, 0x1bca3}, Range{0x1d173, 0x1d17a},
    Range{0xe0000, 0xe0fff},
};

/// Decodes the character at the start of `text`, where `length` bytes of valid UTF-8 encode it.
char32_t decode(std::string_view text, size_t length) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (length == 1) return first;
  char32_t value = first & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; ++i) value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3f);
  return value;
}

std::string code_escape(char32_t character) {
  std::string text;
  do text.insert(text.begin(), vm::hex_digits[character & 15]);
  while (character >>= 4);
  return "\\u{" + text + "}";
}

std::string byte_escape(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return {'\\', 'x', vm::hex_digits[byte >> 4], vm::hex_digits[byte & 15]};
}

/// The options of `piece`: `quotes` escapes quotes and backslashes, `lines` keeps newlines and tabs.
struct Rules {
  bool quotes = false, lines = false;
};
std::string piece(std::string_view text, size_t length, const Rules& rules) {
  if (length == 0) return byte_escape(text[0]);
  const char c = text[0];
  if (rules.quotes && (c == '"' || c == '\\')) return {'\\', c};
  if (rules.lines && (c == '\n' || c == '\t')) return {c};
  const char32_t character = decode(text, length);
  return is_printable(character) ? std::string(text.substr(0, length)) : code_escape(character);
}

bool is_plain(char c, const Rules& rules) {
  return c >= ' ' && c <= '~' && !(rules.quotes && (c == '"' || c == '\\'));
}

/// Makes `text` printable and cuts the result to `most` bytes. The suffix that states the number of missing
/// bytes counts toward `most`, so a second call with the same `most` changes nothing.
std::string made(std::string_view text, size_t most, const Rules& rules) {
  constexpr size_t longest_suffix = std::string_view("… (18446744073709551615 bytes more)").size();
  const size_t cut = most - std::min(most, longest_suffix);
  std::string out;
  size_t kept = 0, kept_of_text = 0; // sizes of the part to keep in a cut
  for (size_t at = 0; at < text.size();) {
    const size_t length = vm::utf8_length(text, at);
    if (is_plain(text[at], rules))
      out += text[at];
    else
      out += piece(text.substr(at), length, rules);
    at += std::max<size_t>(length, 1);
    if (out.size() <= cut) kept = out.size(), kept_of_text = at;
    if (out.size() <= most) continue;
    out.resize(kept);
    return out + "… (" + std::to_string(text.size() - kept_of_text) + " bytes more)";
  }
  return out;
}

} // namespace

bool is_printable(char32_t character) noexcept {
  if (character >= ' ' && character <= '~') return true;
  const auto* range = std::lower_bound(hidden.begin(), hidden.end(), character,
                                       [](const Range& r, char32_t c) { return r.last < c; });
  return character < 0x110000 && (range == hidden.end() || character < range->first);
}

std::string printable(std::string_view text, size_t most) { return made(text, most, {}); }

std::string in_quotes(std::string_view text, size_t most) {
  return '"' + made(text, most, {.quotes = true}) + '"';
}

std::string printable_lines(std::string_view text, size_t most) { return made(text, most, {.lines = true}); }

std::string printable_list(std::span<const std::string> names) {
  constexpr size_t most = 20;
  std::string text;
  for (const std::string& name : names.first(std::min(names.size(), most)))
    text += (text.empty() ? "" : ", ") + printable(name);
  if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
  return text;
}

} // namespace skerry
