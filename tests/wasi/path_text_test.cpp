#include "wasi/path_text.hpp"

#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"
#include "vm/base/utf8.hpp"

namespace skerry::test {

namespace {

auto parse(std::string_view text) { return wasi::parse_path(std::as_bytes(std::span(text)), 4096); }

} // namespace

TEST_CASE("path text: trailing slashes are removed and remembered") {
  CHECK(parse("a/b")->text == "a/b");
  CHECK_FALSE(parse("a/b")->wants_directory);
  CHECK(parse("a/b///")->text == "a/b");
  CHECK(parse("a/b///")->wants_directory);
  CHECK(parse("a//b")->text == "a//b");
}

TEST_CASE("path text: refused paths") {
  using namespace std::string_view_literals;
  CHECK(parse("").error() == Errno::noent);
  CHECK(parse("/").error() == Errno::perm);
  CHECK(parse("//a").error() == Errno::perm);
  CHECK(parse("/etc/passwd").error() == Errno::perm);
  CHECK(parse("a\0b"sv).error() == Errno::ilseq);
  CHECK(parse("a\0"sv).error() == Errno::ilseq);
  CHECK(parse(std::string(4096, 'x')));
  CHECK(parse(std::string(4097, 'x')).error() == Errno::nametoolong);
}

TEST_CASE("path text: UTF-8") {
  for (const auto* text :
       {"plain", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\xa6\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    CHECK(vm::is_utf8(text));
  }
  for (const auto* text :
       {"\x80", "\xc3", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\xaf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xe2\x82", "\xe2\x82z"}) {
    CHECK_FALSE(vm::is_utf8(text));
    CHECK(parse(text).error() == Errno::ilseq);
  }
}

} // namespace skerry::test
