#include "vm/wat/number.hpp"

#include "tests/catch.hpp"
#include "vm/wat/number_text.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <string>

using namespace skerry::vm::wat;

namespace {

std::optional<double> number_f64(std::string_view text) {
  auto bits = parse_f64(text);
  return bits ? std::optional(std::bit_cast<double>(*bits)) : std::nullopt;
}
std::optional<float> number_f32(std::string_view text) {
  auto bits = parse_f32(text);
  return bits ? std::optional(std::bit_cast<float>(*bits)) : std::nullopt;
}

} // namespace

TEST_CASE("integers: syntax") {
  for (const char* good : {"0", "+1", "-1", "1_000", "0xdead_BEEF", "-0x1", "007"}) CHECK(is_integer(good));
  for (const char* bad : {"", "+", "_1", "1_", "1__0", "0x", "0x_1", "0xg", "1.0", "--1", "0X1", "1a"})
    CHECK_FALSE(is_integer(bad));
}

TEST_CASE("floats: syntax") {
  for (const char* good :
       {"1.", "1.5", "1e5", "1.E-5", "0x1p3", "0x1.8", "0x1.p-3", "inf", "-nan", "nan:0x1", "1_0.2_0e1_0"})
    CHECK(is_float(good));
  for (const char* bad : {".5", "1._5", "1.5_", "1e", "e5", "0x.8", "0x1p", "nan:1", "nan:0x", "infinity",
                          "1.5p3", "nan:canonical"})
    CHECK_FALSE(is_float(bad));
}

TEST_CASE("integers: range") {
  CHECK(parse_integer("4294967295", 32) == 0xffff'ffff);
  CHECK(parse_integer("-2147483648", 32) == 0x8000'0000);
  CHECK(parse_integer("-0x80", 8) == 0x80);
  CHECK(parse_integer("-1", 64) == ~uint64_t{0});
  CHECK(parse_integer("0xffff_ffff_ffff_ffff", 64) == ~uint64_t{0});
  CHECK_FALSE(parse_integer("4294967296", 32));
  CHECK_FALSE(parse_integer("-2147483649", 32));
  CHECK_FALSE(parse_integer("18446744073709551616", 64));
  CHECK_FALSE(parse_unsigned("-1", 32));
  CHECK_FALSE(parse_unsigned("+1", 32));
  CHECK_FALSE(parse_unsigned("256", 8));
}

TEST_CASE("floats: nearest, ties to even") {
  CHECK(number_f64("0.1") == 0.1);
  CHECK(number_f32("0.1") == 0.1f);
  CHECK(number_f32("16777217") == 16777216.0f);
  CHECK(number_f32("16777217.0000000000000000000000000000000000000001") == 16777218.0f);
  CHECK(number_f32("0x1.000001p0") == 1.0f);          // a tie
  CHECK(number_f32("0x1.000003p0") == 0x1.000004p0f); // the other tie
  CHECK(number_f32("0x1.00000100000000000000000001p0") == 0x1.000002p0f);
  CHECK(number_f64("0x1.fffffffffffff8p0") == 2.0);
  CHECK(number_f64("9007199254740993") == 9007199254740992.0);
  // Converts directly to single precision, not through double.
  CHECK(number_f32("0x1.00000100000000001p0") == 0x1.000002p0f);
}

TEST_CASE("floats: smallest numbers") {
  CHECK(number_f64("4.9406564584124654e-324") == std::numeric_limits<double>::denorm_min());
  CHECK(number_f64("2.4703282292062327e-324") == 0.0);
  CHECK(number_f64("2.4703282292062328e-324") == std::numeric_limits<double>::denorm_min());
  CHECK(number_f64("0x1p-1075") == 0.0);
  CHECK(number_f64("0x1.00001p-1075") == std::numeric_limits<double>::denorm_min());
  CHECK(number_f32("0x1p-149") == std::numeric_limits<float>::denorm_min());
  CHECK(number_f32("0x0.ffffffp-126") == 0x1p-126f);
  CHECK(number_f64("1e-999999999999999999999") == 0.0);
  CHECK(number_f64("0e999999999999999999999") == 0.0);
  CHECK(std::signbit(*number_f64("-0.0")));
  CHECK(number_f64("0x0p99999999999999999999") == 0.0);
}

TEST_CASE("floats: largest numbers") {
  CHECK(number_f64("1.7976931348623157e308") == std::numeric_limits<double>::max());
  CHECK(number_f64("0x1.fffffffffffff7ffp1023") == std::numeric_limits<double>::max());
  CHECK_FALSE(number_f64("0x1.fffffffffffff8p1023"));
  CHECK_FALSE(number_f64("1.8e308"));
  CHECK_FALSE(number_f32("3.4028235677973367e38"));
  CHECK(number_f32("3.4028235677973366e38") == std::numeric_limits<float>::max()); // just below the tie
  CHECK(number_f32("3.4028235677973365e38") == std::numeric_limits<float>::max());
  CHECK_FALSE(number_f64("1e99999999999999999999"));
  CHECK_FALSE(number_f64("0x1p99999999999999999999"));
  CHECK(number_f64("0x10000000000000000000000000000000000000000p-100") == 0x1p60);
}

TEST_CASE("floats: special values") {
  CHECK(parse_f32("inf") == 0x7f80'0000);
  CHECK(parse_f32("-inf") == 0xff80'0000);
  CHECK(parse_f32("nan") == 0x7fc0'0000);
  CHECK(parse_f32("-nan:0x1") == 0xff80'0001);
  CHECK(parse_f64("nan:0xfffffffffffff") == 0x7fff'ffff'ffff'ffff);
  CHECK_FALSE(parse_f32("nan:0x0"));
  CHECK_FALSE(parse_f32("nan:0x80_0000"));
}

TEST_CASE("printed floats parse to the same bits") {
  for (const uint32_t bits : {0u, 0x8000'0000u, 1u, 0x3dcc'cccdu, 0x7f7f'ffffu, 0x7f80'0000u, 0x7fc0'0000u,
                              0xff80'0001u, 0x7fff'ffffu})
    CHECK(parse_f32(f32_text(bits)) == bits);
  for (const uint64_t bits : {uint64_t{1}, uint64_t{0x3fb9'9999'9999'999a}, uint64_t{0x7fef'ffff'ffff'ffff},
                              uint64_t{0xfff0'0000'0000'0001}})
    CHECK(parse_f64(f64_text(bits)) == bits);
}
