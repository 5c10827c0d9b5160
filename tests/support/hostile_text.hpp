// Hostile text as a module or file may contain it, and checks for the places where people read it.
#pragma once

#include "skerry/printable.hpp"
#include "tests/catch.hpp"
#include "vm/base/utf8.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::test {

/// A forged line, terminal commands, right-to-left text, invisible characters, and long text. All are UTF-8,
/// so a module can use them as names.
inline std::vector<std::string> hostile_names() {
  std::vector<std::string> texts{"a\nskerry: forged", "a\rforged",       "\x1b[2J\x1b[31mred",
                                 "\u202etxt.exe",     "\xc2\x9b[31m",    "a\u2028b",
                                 "a\u2066z",          "zero\u200bwidth", std::string("a\0b", 3),
                                 "\x7f\x08\x08",      "\ufeffbom",       "\U000e0001tag"};
  texts.emplace_back(size_t{1} << 20, 'x');
  texts.emplace_back(size_t{1} << 20, '\x1b');
  texts.push_back(std::string(199, 'x') + "€€");
  return texts;
}

/// Also bytes that are not UTF-8, which files, arguments and guests' messages may contain.
inline std::vector<std::string> hostile_texts() {
  std::vector<std::string> texts = hostile_names();
  for (const char* text : {"\xff\xfe", "a\xc3", "\x9b[31m", "\xed\xa0\x80", "\xe2\x82\n"})
    texts.emplace_back(text);
  return texts;
}

/// Describes what is wrong with a text for people; empty if nothing. `lines`: how many newlines it has, all
/// of them made by Skerry.
inline std::string harm_in(std::string_view text, size_t longest, size_t lines = 0) {
  if (text.size() > longest) return "is long: " + std::to_string(text.size());
  const auto newlines = static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  if (newlines > lines) return "has " + std::to_string(newlines) + " lines: " + in_quotes(text, 1000);
  for (size_t at = 0; at < text.size();) {
    const size_t length = vm::utf8_length(text, at);
    if (length == 0) return "is not UTF-8";
    char32_t c = static_cast<unsigned char>(text[at]);
    if (length > 1) c &= 0x7fu >> length;
    for (size_t i = 1; i < length; ++i) c = c << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3f);
    const bool hidden = c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c < 0x2010) ||
                        (c >= 0x2028 && c < 0x202f) || (c >= 0x2060 && c < 0x2070) || c == 0xfeff ||
                        (c >= 0xe0000 && c < 0xe1000);
    if (hidden && c != '\n') return "has character " + std::to_string(static_cast<uint32_t>(c));
    at += length;
  }
  return {};
}

} // namespace skerry::test
