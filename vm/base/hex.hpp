// Hexadecimal digits.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace skerry::vm {

inline constexpr std::string_view hex_digits = "0123456789abcdef";

/// Returns the value of a hexadecimal digit in either case, or -1 if `c` is not a digit.
constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Appends a byte as two hexadecimal digits.
inline void append_hex(std::string& text, uint8_t byte) {
  text += hex_digits[byte >> 4], text += hex_digits[byte & 0xf];
}

/// Returns `value` in lowercase digits without leading zeros, except those that `min_digits` requires.
inline std::string hex(uint64_t value, unsigned min_digits = 1) {
  const auto digits = static_cast<unsigned>(std::bit_width(value) + 3) / 4;
  std::string text(digits < min_digits ? min_digits : digits, '0');
  for (size_t i = text.size(); value > 0; value >>= 4) text[--i] = hex_digits[value & 0xf];
  return text;
}

} // namespace skerry::vm
