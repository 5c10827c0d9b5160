#include "host/cli/units.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <utility>

namespace skerry::host::cli {

namespace {

struct Unit {
  std::string_view name;
  uint64_t factor;
};

constexpr uint64_t kib = 1024, mib = kib * kib, gib = kib * mib, tib = kib * gib;
constexpr uint64_t kb = 1000, mb = kb * kb, gb = kb * mb, tb = kb * gb;
constexpr std::array size_units{Unit{"", 1},      Unit{"b", 1},     Unit{"k", kib},   Unit{"m", mib},
                                Unit{"g", gib},   Unit{"t", tib},   Unit{"kib", kib}, Unit{"mib", mib},
                                Unit{"gib", gib}, Unit{"tib", tib}, Unit{"kb", kb},   Unit{"mb", mb},
                                Unit{"gb", gb},   Unit{"tb", tb}};
constexpr std::array duration_units{Unit{"ns", 1}, Unit{"us", kb},     Unit{"ms", mb},
                                    Unit{"s", gb}, Unit{"m", 60 * gb}, Unit{"h", 3600 * gb}};
constexpr uint64_t most_quantity = (uint64_t{1} << 62) - 1;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A decimal number without an exponent: the digits before and after the point.
struct Decimal {
  std::string whole, fraction;
};

/// Removes the digits that `text` begins with, and returns them.
std::string_view take_digits(std::string_view& text) {
  const auto count = static_cast<size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

/// Moves the point by `places` to the right.
void shift_point(Decimal& number, size_t places) {
  number.fraction.resize(std::max(number.fraction.size(), places), '0');
  number.whole += number.fraction.substr(0, places);
  number.fraction.erase(0, places);
}

/// Removes an exponent such as "e9" from the beginning of `text`, and applies it to `number`. Returns false
/// if an exponent is not one or two digits.
bool take_exponent(std::string_view& text, Decimal& number) {
  if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E')) return true;
  text.remove_prefix(1);
  const std::string_view digits = take_digits(text);
  if (digits.empty() || digits.size() > 2) return false;
  size_t places = 0;
  for (const char digit : digits) places = places * 10 + static_cast<size_t>(digit - '0');
  shift_point(number, places);
  return true;
}

/// Removes the number that `text` begins with, and leaves the unit.
std::optional<Decimal> take_number(std::string_view& text) {
  Decimal number;
  number.whole = take_digits(text);
  if (number.whole.empty()) return std::nullopt;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    number.fraction = take_digits(text);
    if (number.fraction.empty()) return std::nullopt;
  }
  if (!take_exponent(text, number)) return std::nullopt;
  return number;
}

/// Returns the digits as a number, or nothing if it exceeds `most`.
std::optional<uint64_t> value_of(std::string_view digits, uint64_t most) {
  uint64_t value = 0;
  for (const char c : digits) {
    const auto digit = static_cast<uint64_t>(c - '0');
    if (digit > most || value > (most - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

/// Returns fraction * factor, rounded down. Works from the last digit to the first, so that nothing
/// overflows.
uint64_t part_of(uint64_t factor, std::string_view fraction) {
  uint64_t part = 0;
  for (size_t i = fraction.size(); i-- > 0;)
    part = (part + static_cast<uint64_t>(fraction[i] - '0') * factor) / 10;
  return part;
}

std::optional<uint64_t> parse_quantity(std::string_view text, std::span<const Unit> units) {
  const auto number = take_number(text);
  const auto unit = std::ranges::find(units, text, &Unit::name);
  if (!number || unit == units.end()) return std::nullopt;
  const auto whole = value_of(number->whole, most_quantity / unit->factor);
  const uint64_t value = whole ? *whole * unit->factor + part_of(unit->factor, number->fraction) : 0;
  return value != 0 && value <= most_quantity ? std::optional(value) : std::nullopt;
}

} // namespace

std::optional<uint64_t> parse_size(std::string_view text) {
  std::string small(text);
  for (char& c : small) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return parse_quantity(small, size_units);
}

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  const auto ns = parse_quantity(text, duration_units);
  if (!ns) return std::nullopt;
  return std::chrono::nanoseconds(static_cast<int64_t>(*ns));
}

std::optional<uint64_t> parse_count(std::string_view text) {
  const auto number = take_number(text);
  const bool is_whole =
      number && text.empty() && number->fraction.find_first_not_of('0') == std::string::npos;
  return is_whole ? value_of(number->whole, ~uint64_t{0}) : std::nullopt;
}

std::string format_size(uint64_t bytes) {
  constexpr std::array<std::pair<unsigned, std::string_view>, 3> units{
      {{30, " GiB"}, {20, " MiB"}, {10, " KiB"}}};
  for (auto [shift, name] : units) {
    if (bytes != 0 && bytes % (uint64_t{1} << shift) == 0)
      return std::to_string(bytes >> shift) + std::string(name);
  }
  return std::to_string(bytes) + " bytes";
}

} // namespace skerry::host::cli
