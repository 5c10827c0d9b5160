#include "vm/wat/number.hpp"

#include "vm/base/decimal.hpp"

#include <algorithm>
#include <bit>
#include <string>
#include <system_error>

namespace skerry::vm::wat {

namespace {

struct Format {
  unsigned mantissa_bits; // without the implicit leading one
  unsigned exponent_bits;
  int bias() const { return (1 << (exponent_bits - 1)) - 1; }
  uint64_t max_exponent() const { return (uint64_t{1} << exponent_bits) - 1; }
  uint64_t sign() const { return uint64_t{1} << (mantissa_bits + exponent_bits); }
  uint64_t infinity() const { return max_exponent() << mantissa_bits; }
  uint64_t quiet() const { return uint64_t{1} << (mantissa_bits - 1); }
};
constexpr Format f32_format{23, 8}, f64_format{52, 11};

// Parsed exponents are limited to about this absolute value. It is far above the exponents of every format,
// and small enough that a sum of several exponents does not overflow.
constexpr int64_t huge_exponent = int64_t{1} << 40;

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

/// Consumes digits with single underscores between them. Returns false if there are no digits or if an
/// underscore is misplaced.
bool take_digits(std::string_view& word, int base) {
  bool after_digit = false;
  size_t i = 0;
  for (; i < word.size(); ++i) {
    if (word[i] == '_' ? !after_digit : digit_value(word[i]) >= base) break;
    after_digit = word[i] != '_';
  }
  word.remove_prefix(i);
  return after_digit;
}

bool take_sign(std::string_view& word) {
  if (word.empty() || (word[0] != '+' && word[0] != '-')) return false;
  bool negative = word[0] == '-';
  word.remove_prefix(1);
  return negative;
}

bool take_hex_prefix(std::string_view& word) {
  if (!word.starts_with("0x")) return false;
  word.remove_prefix(2);
  return true;
}

std::optional<uint64_t> parse_digits(std::string_view digits, unsigned bits) {
  uint64_t base = take_hex_prefix(digits) ? 16 : 10;
  uint64_t limit = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  uint64_t value = 0;
  for (char c : digits) {
    if (c == '_') continue;
    auto digit = static_cast<uint64_t>(digit_value(c));
    if (digit >= base || value > (limit - digit) / base) return std::nullopt;
    value = value * base + digit;
  }
  return value;
}

/// Rounds mantissa * 2^exponent to the format, with ties to even and without a sign. `sticky` means that the
/// exact value is a little larger than mantissa * 2^exponent, because nonzero digits were dropped.
std::optional<uint64_t> round_binary(const Format& format, uint64_t mantissa, int64_t exponent, bool sticky) {
  if (mantissa == 0) return 0;
  int leading = std::countl_zero(mantissa);
  mantissa <<= leading;
  exponent += 63 - leading; // of the most significant bit
  int64_t min_exponent = 1 - format.bias();
  int64_t denormal_by = std::max<int64_t>(min_exponent - exponent, 0);
  int64_t dropped = 63 - static_cast<int64_t>(format.mantissa_bits) + denormal_by;
  if (dropped > 64) return 0;
  if (exponent > format.bias()) return std::nullopt;
  uint64_t kept = dropped == 64 ? 0 : mantissa >> dropped;
  uint64_t rest = dropped == 64 ? mantissa : mantissa & ((uint64_t{1} << dropped) - 1);
  uint64_t half = uint64_t{1} << (dropped - 1);
  if (rest > half || (rest == half && (sticky || (kept & 1)))) ++kept;
  // `kept` includes the implicit leading one, which adds 1 to the exponent field. A carry out of the rounding
  // also adds 1.
  uint64_t field = denormal_by > 0 ? 0 : static_cast<uint64_t>(exponent + format.bias() - 1);
  uint64_t result = (field << format.mantissa_bits) + kept;
  if (result >= format.infinity()) return std::nullopt;
  return result;
}

/// Returns the signed exponent after `e` or `p`, limited to about huge_exponent.
int64_t parse_exponent(std::string_view text) {
  bool negative = take_sign(text);
  int64_t value = 0;
  for (char c : text)
    if (c != '_' && value < huge_exponent) value = value * 10 + digit_value(c);
  return negative ? -value : value;
}

std::optional<uint64_t> parse_hex_float(const Format& format, std::string_view digits) {
  uint64_t mantissa = 0;
  int64_t exponent = 0;
  bool sticky = false, fraction = false;
  size_t i = 0;
  for (; i < digits.size() && digits[i] != 'p' && digits[i] != 'P'; ++i) {
    if (digits[i] == '_') continue;
    if (digits[i] == '.') {
      fraction = true;
      continue;
    }
    auto digit = static_cast<uint64_t>(digit_value(digits[i]));
    bool fits = mantissa >> 60 == 0;
    if (fits) {
      mantissa = mantissa << 4 | digit;
    } else {
      sticky |= digit != 0;
    }
    if (fits && fraction) exponent -= 4;
    if (!fits && !fraction) exponent += 4;
  }
  if (i < digits.size()) exponent += parse_exponent(digits.substr(i + 1));
  return round_binary(format, mantissa, exponent, sticky);
}

/// Returns the decimal exponent of the first nonzero digit, or nothing if all digits are zero.
std::optional<int64_t> decimal_magnitude(std::string_view text) {
  size_t mark = std::min(text.find_first_of("eE"), text.size());
  std::string_view digits = text.substr(0, mark);
  size_t first = digits.find_first_not_of("0.");
  if (first == std::string_view::npos) return std::nullopt;
  auto point = static_cast<int64_t>(std::min(digits.find('.'), digits.size()));
  int64_t exponent = mark < text.size() ? parse_exponent(text.substr(mark + 1)) : 0;
  return exponent + point - static_cast<int64_t>(first);
}

template <class Float, class Bits> std::optional<uint64_t> parse_decimal_float(std::string_view digits) {
  std::string text(digits);
  std::erase(text, '_');
  auto magnitude = decimal_magnitude(text);
  if (!magnitude) return 0;
  Float value = 0;
  const auto error = parse_decimal(text, value).ec;
  // parse_decimal reports both overflow and underflow to zero as "out of range".
  if (error == std::errc::result_out_of_range) {
    if (*magnitude > 0) return std::nullopt;
    return 0;
  }
  return std::bit_cast<Bits>(value);
}

std::optional<uint64_t> parse_nan(const Format& format, std::string_view word) {
  if (word == "nan") return format.infinity() | format.quiet();
  auto payload = parse_digits(word.substr(4), format.mantissa_bits); // after "nan:"
  if (!payload || *payload == 0) return std::nullopt;
  return format.infinity() | *payload;
}

template <class Float, class Bits>
std::optional<Bits> parse_float(const Format& format, std::string_view word) {
  bool negative = take_sign(word);
  std::optional<uint64_t> bits;
  if (word == "inf") {
    bits = format.infinity();
  } else if (word.starts_with("nan")) {
    bits = parse_nan(format, word);
  } else if (take_hex_prefix(word)) {
    bits = parse_hex_float(format, word);
  } else {
    bits = parse_decimal_float<Float, Bits>(word);
  }
  if (!bits) return std::nullopt;
  return static_cast<Bits>(*bits | (negative ? format.sign() : 0));
}

} // namespace

bool is_integer(std::string_view word) noexcept {
  take_sign(word);
  int base = take_hex_prefix(word) ? 16 : 10;
  return take_digits(word, base) && word.empty();
}

bool is_float(std::string_view word) noexcept {
  take_sign(word);
  if (word == "inf" || word == "nan") return true;
  if (word.starts_with("nan:0x")) {
    word.remove_prefix(6);
    return take_digits(word, 16) && word.empty();
  }
  bool hex = take_hex_prefix(word);
  int base = hex ? 16 : 10;
  if (!take_digits(word, base)) return false;
  if (word.starts_with('.')) {
    word.remove_prefix(1);
    bool fraction = !word.empty() && (digit_value(word[0]) < base || word[0] == '_');
    if (fraction && !take_digits(word, base)) return false;
  }
  if (word.empty()) return true;
  char mark = static_cast<char>(word[0] | 0x20);
  if (mark != (hex ? 'p' : 'e')) return false;
  word.remove_prefix(1);
  take_sign(word);
  return take_digits(word, 10) && word.empty();
}

std::optional<uint64_t> parse_unsigned(std::string_view integer, unsigned bits) noexcept {
  if (integer.starts_with('+') || integer.starts_with('-')) return std::nullopt;
  return parse_digits(integer, bits);
}

std::optional<uint64_t> parse_integer(std::string_view integer, unsigned bits) noexcept {
  bool negative = take_sign(integer);
  auto value = parse_digits(integer, bits);
  if (!value || !negative) return value;
  if (*value > uint64_t{1} << (bits - 1)) return std::nullopt;
  uint64_t mask = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  return (~*value + 1) & mask;
}

std::optional<uint32_t> parse_f32(std::string_view number) {
  return parse_float<float, uint32_t>(f32_format, number);
}
std::optional<uint64_t> parse_f64(std::string_view number) {
  return parse_float<double, uint64_t>(f64_format, number);
}

} // namespace skerry::vm::wat
