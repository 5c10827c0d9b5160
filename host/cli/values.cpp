#include "host/cli/values.hpp"

#include "vm/base/hex.hpp"
#include "vm/wat/number.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>

namespace skerry::host::cli {

namespace {

/// Returns the number as the text format writes it: "0X1p4" becomes "0x1p4", and ".5" becomes "0.5".
std::string as_literal(std::string_view text) {
  std::string literal(text);
  const size_t start = !literal.empty() && (literal[0] == '-' || literal[0] == '+') ? 1 : 0;
  if (literal.compare(start, 2, "0X") == 0) literal[start + 1] = 'x';
  if (literal.compare(start, 1, ".") == 0) literal.insert(start, "0");
  return literal;
}

template <class To, class Bits> std::optional<Value> as_value(std::optional<Bits> bits) {
  return bits ? std::optional(Value(std::bit_cast<To>(*bits))) : std::nullopt;
}

template <class To> std::optional<Value> parse_integer(const std::string& literal) {
  if (!vm::wat::is_integer(literal)) return std::nullopt;
  const auto bits = vm::wat::parse_integer(literal, 8 * sizeof(To));
  return bits ? std::optional(Value(static_cast<To>(*bits))) : std::nullopt;
}

/// Parses up to 32 hexadecimal digits, the most significant one first, as print_value writes them.
std::optional<Value> parse_v128(std::string_view text) {
  if (!text.starts_with("0x") || text.size() < 3 || text.size() > 34) return std::nullopt;
  V128 bytes{};
  for (size_t i = text.size(), place = 0; i-- > 2; ++place) {
    const int digit = vm::hex_value(text[i]);
    if (digit < 0) return std::nullopt;
    bytes[place / 2] |= static_cast<uint8_t>(digit << (place % 2 * 4));
  }
  return Value(bytes);
}

std::string nan_text(uint64_t bits, uint64_t sign, uint64_t canonical, uint64_t payload) {
  const std::string text = (bits & sign) != 0 ? "-nan" : "nan";
  return (bits & payload) == canonical ? text : text + ":0x" + vm::hex(bits & payload);
}

template <class T> std::string shortest(T number) {
  std::array<char, 64> text;
  auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return std::string(text.data(), end);
}

std::string f32_text(uint32_t bits) {
  const auto number = std::bit_cast<float>(bits);
  return std::isnan(number) ? nan_text(bits, 0x8000'0000, 0x40'0000, 0x7f'ffff) : shortest(number);
}

std::string f64_text(uint64_t bits) {
  constexpr uint64_t payload = (uint64_t{1} << 52) - 1;
  const auto number = std::bit_cast<double>(bits);
  return std::isnan(number) ? nan_text(bits, uint64_t{1} << 63, uint64_t{1} << 51, payload)
                            : shortest(number);
}

std::string hex_of(const V128& bytes) {
  std::string text = "0x";
  for (size_t i = bytes.size(); i-- > 0;) vm::append_hex(text, bytes[i]);
  return text;
}

} // namespace

std::optional<Value> parse_value(ValType type, std::string_view text) {
  const std::string literal = as_literal(text);
  const bool is_number = vm::wat::is_integer(literal) || vm::wat::is_float(literal);
  switch (type.kind()) {
  case ValType::i32_: return parse_integer<int32_t>(literal);
  case ValType::i64_: return parse_integer<int64_t>(literal);
  case ValType::f32_: return is_number ? as_value<float>(vm::wat::parse_f32(literal)) : std::nullopt;
  case ValType::f64_: return is_number ? as_value<double>(vm::wat::parse_f64(literal)) : std::nullopt;
  case ValType::v128_: return parse_v128(literal);
  case ValType::ref_null_: return text == "null" ? std::optional(Value(type, Ref())) : std::nullopt;
  default: return std::nullopt;
  }
}

std::string_view value_forms(ValType type) {
  switch (type.kind()) {
  case ValType::i32_: return "a whole number from -2^31 to 2^32 - 1, such as 42 or 0xff";
  case ValType::i64_: return "a whole number from -2^63 to 2^64 - 1, such as 42 or 0xff";
  case ValType::f32_:
  case ValType::f64_: return "a number such as 1.5, 1e-3 or 0x1.8p3, or inf, nan or nan:0x1";
  case ValType::v128_: return "0x and up to 32 hexadecimal digits";
  case ValType::ref_null_: return "null";
  default: return "a reference that is not null, which the command line cannot give";
  }
}

std::string print_value(const Value& value) {
  switch (value.type().kind()) {
  case ValType::i32_: return std::to_string(value.as_i32());
  case ValType::i64_: return std::to_string(value.as_i64());
  case ValType::f32_: return f32_text(static_cast<uint32_t>(value.lo()));
  case ValType::f64_: return f64_text(value.lo());
  case ValType::v128_: return hex_of(value.as_v128());
  default: return value.as_ref().is_null() ? "null" : to_string(value.type());
  }
}

} // namespace skerry::host::cli
