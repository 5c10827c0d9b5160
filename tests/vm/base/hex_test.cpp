#include "tests/catch.hpp"
#include "vm/base/hex.hpp"

using namespace skerry;

TEST_CASE("hexadecimal digits are written and read") {
  CHECK(vm::hex(0) == "0");
  CHECK(vm::hex(0xf) == "f");
  CHECK(vm::hex(0x10) == "10");
  CHECK(vm::hex(0, 2) == "00");
  CHECK(vm::hex(0xabc, 2) == "abc");
  CHECK(vm::hex(0xabc, 8) == "00000abc");
  CHECK(vm::hex(~uint64_t{0}) == "ffffffffffffffff");
  for (int value = 0; value < 256; ++value) {
    std::string text;
    vm::append_hex(text, static_cast<uint8_t>(value));
    CHECK(text == vm::hex(static_cast<uint64_t>(value), 2));
    CHECK(vm::hex_value(text[0]) * 16 + vm::hex_value(text[1]) == value);
    const auto c = static_cast<char>(value);
    const bool is_digit = std::string_view("0123456789abcdefABCDEF").find(c) != std::string_view::npos;
    CHECK((vm::hex_value(c) >= 0) == is_digit);
  }
}
