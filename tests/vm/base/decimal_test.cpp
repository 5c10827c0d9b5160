// Decimal floating-point numbers, which the C++ library or fast_float parses: both must agree with
// std::from_chars.
#include "vm/base/decimal.hpp"

#include "tests/catch.hpp"

#include <bit>
#include <cstdint>
#include <system_error>

using skerry::vm::parse_decimal;

namespace {

struct Parsed {
  std::errc error;
  size_t length;
  uint64_t bits;
  bool operator==(const Parsed&) const = default;
};

constexpr double untouched = -7;

/// The result of parsing: the error, how much of the text is the number, and the bits of the value.
Parsed parsed(std::string_view text, std::chars_format format = std::chars_format::general) {
  double value = untouched;
  const auto [end, error] = parse_decimal(text, value, format);
  return {error, static_cast<size_t>(end - text.data()), std::bit_cast<uint64_t>(value)};
}

Parsed number(double value, size_t length) { return {std::errc{}, length, std::bit_cast<uint64_t>(value)}; }
Parsed out_of_range(size_t length) {
  return {std::errc::result_out_of_range, length, std::bit_cast<uint64_t>(untouched)};
}

} // namespace

TEST_CASE("decimal numbers: values") {
  CHECK(parsed("0") == number(0, 1));
  CHECK(parsed("-0") == number(-0.0, 2));
  CHECK(parsed("0e99999999999") == number(0, 13));
  CHECK(parsed("0.000") == number(0, 5));
  CHECK(parsed("1.") == number(1, 2));
  CHECK(parsed(".5") == number(0.5, 2));
  CHECK(parsed("9007199254740993") == number(9007199254740992, 16));
  CHECK(parsed("4.9406564584124654e-324") == number(0x1p-1074, 23));
  CHECK(parsed("1.7976931348623157e308") == number(0x1.fffffffffffffp1023, 22));
  float single = 0;
  CHECK(parse_decimal("16777217.0000000000000000000000000000000000000001", single).ec == std::errc{});
  CHECK(single == 16777218.0f); // directly, not through double
}

TEST_CASE("decimal numbers: the number may be followed by other text") {
  CHECK(parsed("1.5MiB") == number(1.5, 3));
  CHECK(parsed("15e3", std::chars_format::fixed) == number(15, 2));
  CHECK(parsed("15e", std::chars_format::general) == number(15, 2));
  for (const char* text : {"", "x", "+1", "e5", ".", "-", " 1"})
    CHECK(parsed(text).error == std::errc::invalid_argument);
}

TEST_CASE("decimal numbers: out of range is an error, and the value stays") {
  CHECK(parsed("1.8e308") == out_of_range(7));
  CHECK(parsed("-1e999999999999") == out_of_range(15));
  CHECK(parsed("2.4703282292062327e-324") == out_of_range(23));
  float single = 3;
  CHECK(parse_decimal("3.4028235677973367e38", single).ec == std::errc::result_out_of_range);
  CHECK(parse_decimal("1e-50", single).ec == std::errc::result_out_of_range);
  CHECK(single == 3);
}

TEST_CASE("decimal numbers: infinity is accepted") {
  CHECK(parsed("inf") == number(std::bit_cast<double>(uint64_t{0x7ff0'0000'0000'0000}), 3));
  CHECK(parsed("-infinity") == number(std::bit_cast<double>(uint64_t{0xfff0'0000'0000'0000}), 9));
}
