#include "vm/wat/number_text.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>

namespace skerry::vm::wat {

namespace {

std::string hex_text(uint64_t value) {
  std::array<char, 16> buffer;
  auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, 16).ptr;
  return "0x" + std::string(buffer.data(), end);
}

/// Returns the shortest decimal literal that parses back to exactly this number, or a literal for inf or nan.
template <class Float> std::string float_text(Float value, uint64_t mantissa, unsigned mantissa_bits) {
  std::string sign = std::signbit(value) ? "-" : "";
  if (std::isinf(value)) return sign + "inf";
  if (std::isnan(value)) {
    bool canonical = mantissa == uint64_t{1} << (mantissa_bits - 1);
    return sign + "nan" + (canonical ? "" : ":" + hex_text(mantissa));
  }
  std::array<char, 64> buffer;
  auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

} // namespace

std::string f32_text(uint32_t bits) {
  constexpr unsigned mantissa_bits = 23;
  return float_text(std::bit_cast<float>(bits), bits & ((1u << mantissa_bits) - 1), mantissa_bits);
}

std::string f64_text(uint64_t bits) {
  constexpr unsigned mantissa_bits = 52;
  return float_text(std::bit_cast<double>(bits), bits & ((uint64_t{1} << mantissa_bits) - 1), mantissa_bits);
}

} // namespace skerry::vm::wat
