#include "vm/wat/lexer.hpp"

#include "tests/catch.hpp"

using namespace skerry::vm::wat;

namespace {

std::vector<TokenKind> kinds(std::string_view text) {
  Lexer lexer(text);
  std::vector<TokenKind> result;
  do result.push_back(lexer.next().kind);
  while (result.back() != TokenKind::eof && result.back() != TokenKind::error);
  return result;
}
std::string error(std::string_view text) {
  Lexer lexer(text);
  Token token;
  do token = lexer.next();
  while (token.kind != TokenKind::eof && token.kind != TokenKind::error);
  return lexer.error() == nullptr ? "" : lexer.error();
}
/// The text after the parenthesis that closes the first one.
std::string behind_first_form(std::string_view text) {
  Lexer lexer(text);
  lexer.next();
  return lexer.skip(1) ? std::string(text.substr(lexer.next().begin)) : "not closed";
}

} // namespace

TEST_CASE("tokens are split at white space, parentheses and comments only") {
  using enum TokenKind;
  CHECK(kinds("(nop)") == std::vector{lparen, keyword, rparen, eof});
  CHECK(kinds("a b\tc\r\nd") == std::vector{keyword, keyword, keyword, keyword, eof});
  CHECK(kinds("a(;b (;c;) d;)e ;; f\ng") == std::vector{keyword, keyword, keyword, eof});
  CHECK(kinds("$a\"b\"") == std::vector{reserved, eof});
  CHECK(kinds("\"a\"\"b\"") == std::vector{reserved, eof});
  CHECK(kinds("0$x") == std::vector{reserved, eof});
  CHECK(kinds("1 1.5 $x \"s\" 0drop") == std::vector{integer, floating, id, string, reserved, eof});
}

TEST_CASE("a form is skipped up to the parenthesis that closes it") {
  CHECK(behind_first_form("(a (b) (c (d))) e") == "e");
  CHECK(behind_first_form("(a \")\\\")\" ;; )\n (; ) (;);) ;) $\")\" (@x)) e") == "e");
  CHECK(behind_first_form("(a (b)") == "not closed");
  CHECK(behind_first_form("(a (; )") == "not closed");
}

TEST_CASE("a million open parentheses need no native stack") {
  std::string text(1'000'000, '(');
  CHECK(kinds(text).size() == text.size() + 1);
  for (size_t i = 0; i < text.size(); i += 2) text[i + 1] = ';';
  CHECK(error(text) == "unclosed comment");
}

TEST_CASE("strings: escapes") {
  CHECK(decode_string(R"("a\tb\n\r\"\'\\\41\u{1F600}\u{0_41}")") == "a\tb\n\r\"'\\A\xf0\x9f\x98\x80"
                                                                    "A");
  CHECK(error("\"\\x\"") == "illegal escape");
  CHECK(error("\"\\u{d800}\"") == "illegal escape");
  CHECK(error("\"\\u{110000}\"") == "illegal escape");
  CHECK(error("\"\\u{}\"") == "illegal escape");
  CHECK(error("\"\\4\"") == "illegal escape");
  CHECK(error("\"a\nb\"") == "unclosed string literal");
  CHECK(error("\"a\x01\"") == "illegal control character in string literal");
  CHECK(error("\"\xff\"") == "malformed UTF-8 encoding");
}

TEST_CASE("identifiers") {
  CHECK(decode_id("$a") == "a");
  CHECK(decode_id("$\"\\41 b\"") == "A b");
  CHECK(error("$") == "empty identifier");
  CHECK(error("$\"\"") == "empty identifier");
  CHECK(error("$\"\\ff\"") == "malformed UTF-8 encoding");
}

TEST_CASE("annotations may stand anywhere and are skipped") {
  CHECK(kinds("(@a) ((@b \"x\" (y) (@c)) module)") == kinds("(module)"));
  CHECK(error("(@)") == "empty annotation id");
  CHECK(error("(@x (y)") == "unclosed annotation");
  CHECK(error("(@x \"\\z\")") == "illegal escape");
}

TEST_CASE("illegal characters") {
  CHECK(error("a \x01") == "illegal character");
  CHECK(error("\xc3\xa9") == "illegal character");
  CHECK(error("\xc3") == "malformed UTF-8 encoding");
  CHECK(error(";; \xc3") == "malformed UTF-8 encoding");
  CHECK(error("(; \xe9 ;)") == "malformed UTF-8 encoding");
}

TEST_CASE("positions") {
  const auto at = [](std::string_view text, size_t offset) {
    auto [line, column] = position_at(text, offset);
    return std::pair(line, column);
  };
  CHECK(at("a\nbc", 3) == std::pair(2u, 2u));
  CHECK(at("a\r\nb", 3) == std::pair(2u, 1u));
  CHECK(at("a\rb", 2) == std::pair(2u, 1u));
}
