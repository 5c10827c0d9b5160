#include "host/cli/values.hpp"

#include "vm/base/decimal.hpp"
#include "vm/base/hex.hpp"
#include "vm/wat/number.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <type_traits>

namespace skerry::host::cli {

namespace {

template <class T> std::optional<T> parse_whole(std::string_view text, int base) {
  T value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Parses a signed or unsigned integer. For i32, for example, numbers from -2147483648 to 4294967295 are
/// valid; -1 and 4294967295 give the same value.
template <class Signed> std::optional<Signed> parse_integer(std::string_view text) {
  using Unsigned = std::make_unsigned_t<Signed>;
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = text.starts_with("0x") || text.starts_with("0X") ? 16 : 10;
  if (base == 16) text.remove_prefix(2);
  auto magnitude = parse_whole<Unsigned>(text, base);
  if (!magnitude) return std::nullopt;
  if (!negative) return static_cast<Signed>(*magnitude);
  constexpr auto largest = static_cast<Unsigned>(std::numeric_limits<Signed>::max()) + Unsigned{1};
  if (*magnitude > largest) return std::nullopt;
  return static_cast<Signed>(Unsigned{0} - *magnitude);
}

/// Parses what follows `0x` as the text format does.
template <class T> std::optional<T> parse_hex_float(std::string_view digits) {
  const std::string text = "0x" + std::string(digits);
  if (!vm::wat::is_float(text)) return std::nullopt;
  if constexpr (std::is_same_v<T, float>) {
    const auto bits = vm::wat::parse_f32(text);
    return bits ? std::optional(std::bit_cast<float>(*bits)) : std::nullopt;
  } else {
    const auto bits = vm::wat::parse_f64(text);
    return bits ? std::optional(std::bit_cast<double>(*bits)) : std::nullopt;
  }
}

template <class T> std::optional<T> parse_decimal_float(std::string_view text) {
  T value{};
  auto [end, error] = vm::parse_decimal(text, value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Parses a decimal number as C++ writes it, or a hexadecimal number as the text format writes it.
template <class T> std::optional<T> parse_float(std::string_view text) {
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.starts_with('-') || text.starts_with('+')) return std::nullopt;
  auto value = text.starts_with("0x") || text.starts_with("0X") ? parse_hex_float<T>(text.substr(2))
                                                                : parse_decimal_float<T>(text);
  return value && negative ? -*value : value;
}

template <class T> std::optional<Value> as_value(std::optional<T> number) {
  return number ? std::optional(Value(*number)) : std::nullopt;
}

template <class T> std::string shortest(T number) {
  if (std::isnan(number)) return std::signbit(number) ? "-nan" : "nan";
  std::array<char, 64> text;
  auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return std::string(text.data(), end);
}

std::string hex_of(const V128& bytes) {
  std::string text = "0x";
  for (size_t i = bytes.size(); i-- > 0;) vm::append_hex(text, bytes[i]);
  return text;
}

} // namespace

std::optional<Value> parse_value(ValType type, std::string_view text) {
  switch (type.kind()) {
  case ValType::i32_: return as_value(parse_integer<int32_t>(text));
  case ValType::i64_: return as_value(parse_integer<int64_t>(text));
  case ValType::f32_: return as_value(parse_float<float>(text));
  case ValType::f64_: return as_value(parse_float<double>(text));
  default: return std::nullopt;
  }
}

std::string print_value(const Value& value) {
  switch (value.type().kind()) {
  case ValType::i32_: return std::to_string(value.as_i32());
  case ValType::i64_: return std::to_string(value.as_i64());
  case ValType::f32_: return shortest(value.as_f32());
  case ValType::f64_: return shortest(value.as_f64());
  case ValType::v128_: return hex_of(value.as_v128());
  default: return value.as_ref().is_null() ? "null" : to_string(value.type());
  }
}

} // namespace skerry::host::cli
