#include "skerry/printable.hpp"

#include "tests/support/hostile_text.hpp"
#include "vm/base/utf8.hpp"

using namespace skerry;
using namespace skerry::test;

TEST_CASE("harmless text stays unchanged") {
  const char* no_break_space = "\xc2\xa0";
  for (const char* text : {"", "add", "a b\\c\"d'", "Größe", "名前", "𝕊kerry", no_break_space}) {
    CHECK(printable(text) == text);
    CHECK(printable_lines(text) == text);
  }
}

TEST_CASE("control characters and invisible characters are written as numbers") {
  CHECK(printable("a\nb\x1b[31m") == "a\\u{a}b\\u{1b}[31m");
  CHECK(printable("\xe2\x80\xae"
                  "exe\xc2\x9b\x7f") == "\\u{202e}exe\\u{9b}\\u{7f}");
  CHECK(printable("\xf3\xa0\x80\x81") == "\\u{e0001}");
  CHECK(printable(std::string_view("\0", 1)) == "\\u{0}");
  CHECK(printable_lines("a\n\tb\r\x1b") == "a\n\tb\\u{d}\\u{1b}");
}

TEST_CASE("bytes that are not UTF-8 are written as bytes") {
  CHECK(printable("\xff"
                  "a\xe2\x82") == "\\xffa\\xe2\\x82");
  CHECK(printable("\x9b") == "\\x9b");
}

TEST_CASE("a quotation ends where it should") {
  CHECK(in_quotes("a\"b\\c\n") == R"("a\"b\\c\u{a}")");
  CHECK(in_quotes("") == "\"\"");
}

TEST_CASE("long text is cut between characters and says how much is missing") {
  CHECK(printable(std::string(200, 'x')) == std::string(200, 'x'));
  const std::string cut = printable(std::string(1000, 'x'), 100);
  CHECK(cut.size() <= 100);
  const size_t kept = cut.find("…");
  CHECK(cut == std::string(kept, 'x') + "… (" + std::to_string(1000 - kept) + " bytes more)");
  std::string euros;
  for (int i = 0; i < 1000; ++i) euros += "€";
  for (size_t most = 40; most < 60; ++most) {
    const std::string text = printable(euros, most);
    CHECK(text.size() <= most);
    CHECK(vm::is_utf8(text));
  }
}

TEST_CASE("any text becomes harmless and short, and a second pass changes nothing") {
  for (const std::string& text : hostile_texts())
    for (const size_t most : {size_t{40}, longest_printed_name, longest_printed_message}) {
      const std::string once = printable(text, most);
      INFO(once.substr(0, 300));
      CHECK(harm_in(once, most).empty());
      CHECK(printable(once, most) == once);
      CHECK(harm_in(in_quotes(text, most), 2 * most + 2).empty());
      CHECK(harm_in(printable_lines(text, most), most, 1).empty());
    }
}

TEST_CASE("every character is either itself or an escape, and no control or format character is itself") {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xd800 && c < 0xe000) continue;
    std::string text;
    vm::append_utf8(text, c);
    const std::string out = printable(text);
    if ((out == text) != is_printable(c)) FAIL("U+" << static_cast<uint32_t>(c));
    if (!harm_in(out, 20).empty()) FAIL("U+" << static_cast<uint32_t>(c));
  }
  CHECK_FALSE(is_printable(0x110000));
}

TEST_CASE("a list of names is bounded in number and length") {
  CHECK(printable_list({}).empty());
  const std::vector<std::string> two{"a", "b\n"};
  CHECK(printable_list(two) == "a, b\\u{a}");
  const std::vector<std::string> many(1000, std::string(100'000, '\n'));
  const std::string text = printable_list(many);
  CHECK(text.size() < 20 * (longest_printed_name + 2) + 20);
  CHECK(text.ends_with(" and 980 more"));
}
