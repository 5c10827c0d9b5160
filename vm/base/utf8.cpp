#include "vm/base/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace skerry::vm {

size_t utf8_length(std::string_view text, size_t at) noexcept {
  if (at >= text.size()) return 0;
  const auto byte = [&](size_t i) { return at + i < text.size() ? static_cast<uint8_t>(text[at + i]) : 0; };
  const auto is_continuation = [&](size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const unsigned first = byte(0);
  const unsigned second = byte(1);
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0; // a continuation byte, or an overlong form of ASCII
  if (first < 0xe0) return is_continuation(1) ? 2 : 0;
  if (first < 0xf0) {
    const bool overlong = first == 0xe0 && second < 0xa0;
    const bool surrogate = first == 0xed && second >= 0xa0;
    return !overlong && !surrogate && is_continuation(1) && is_continuation(2) ? 3 : 0;
  }
  const bool overlong = first == 0xf0 && second < 0x90;
  const bool too_large = first > 0xf4 || (first == 0xf4 && second >= 0x90);
  return !overlong && !too_large && is_continuation(1) && is_continuation(2) && is_continuation(3) ? 4 : 0;
}

bool is_utf8(std::string_view text) noexcept {
  constexpr uint64_t high_bits = 0x8080'8080'8080'8080;
  for (size_t at = 0; at < text.size();) {
    uint64_t word = 0;
    if (text.size() - at >= sizeof word) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if ((word & high_bits) == 0) { // eight ASCII characters
        at += sizeof word;
        continue;
      }
    }
    const size_t length = utf8_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

void append_utf8(std::string& text, char32_t scalar) {
  const auto put = [&](char32_t byte) { text += static_cast<char>(byte); };
  if (scalar < 0x80) {
    put(scalar);
  } else if (scalar < 0x800) {
    put(0xc0 | scalar >> 6), put(0x80 | (scalar & 0x3f));
  } else if (scalar < 0x10000) {
    put(0xe0 | scalar >> 12), put(0x80 | (scalar >> 6 & 0x3f)), put(0x80 | (scalar & 0x3f));
  } else {
    put(0xf0 | scalar >> 18), put(0x80 | (scalar >> 12 & 0x3f));
    put(0x80 | (scalar >> 6 & 0x3f)), put(0x80 | (scalar & 0x3f));
  }
}

} // namespace skerry::vm
