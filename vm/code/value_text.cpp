#include "vm/code/value_text.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <string_view>

namespace skerry::vm {

std::string hex(uint64_t value, size_t digits) {
  constexpr std::string_view letters = "0123456789abcdef";
  std::string text;
  for (size_t i = digits; i-- > 0;) text += letters[value >> (4 * i) & 15];
  return text;
}

std::string integer_text(uint64_t bits) { return std::to_string(static_cast<int64_t>(bits)); }

std::string float_text(uint64_t bits, bool wide) {
  char text[64];
  const auto shortest = [&](auto value, uint64_t own_bits) -> std::string {
    if (std::isnan(value)) return "nan:0x" + hex(own_bits, 2 * sizeof value);
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
  };
  if (wide) return shortest(std::bit_cast<double>(bits), bits);
  return shortest(std::bit_cast<float>(static_cast<uint32_t>(bits)), static_cast<uint32_t>(bits));
}

std::string bytes_text(const std::array<uint8_t, 16>& bytes) {
  std::string text = "0x";
  for (const uint8_t byte : bytes) text += hex(byte, 2);
  return text;
}

} // namespace skerry::vm
