#include "vm/base/utf8.hpp"

#include "tests/catch.hpp"

using skerry::vm::append_utf8;
using skerry::vm::is_utf8;

TEST_CASE("every scalar value is UTF-8, and no other bytes are") {
  for (char32_t scalar = 0; scalar < 0x120000; ++scalar) {
    std::string text;
    append_utf8(text, scalar);
    const bool is_scalar = scalar < 0xd800 || (scalar > 0xdfff && scalar < 0x110000);
    if (is_utf8(text) != is_scalar) FAIL("wrong about " << static_cast<uint32_t>(scalar));
  }
}

TEST_CASE("malformed UTF-8") {
  for (const char* text : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x80\x80", "\xe0\x9f\xbf",
                           "\xe2\x82", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
                           "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xc3", "\xe2\x82\x41"})
    CHECK_FALSE(is_utf8(text));
  CHECK(is_utf8(""));
  CHECK(is_utf8(std::string_view("a\0b", 3)));
}
