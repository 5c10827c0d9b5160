#include "vm/wat/cursor.hpp"

#include "skerry/printable.hpp"
#include "vm/base/utf8.hpp"
#include "vm/wat/keywords.hpp"
#include "vm/wat/lexer.hpp"
#include "vm/wat/number.hpp"

namespace skerry::vm::wat {

namespace {

constexpr size_t longest_quotation = 100;

} // namespace

std::optional<std::string> Cursor::take_id() {
  if (!at(TokenKind::id)) return std::nullopt;
  std::string name = decode_id(word());
  advance();
  return name;
}

void Cursor::expect(TokenKind kind, std::string_view what) {
  if (!at(kind) || failed_) return fail_unexpected(what);
  if (kind != TokenKind::eof) advance();
}

void Cursor::expect_open(std::string_view keyword) {
  if (!take_open(keyword)) fail_unexpected("`(" + std::string(keyword) + "`");
}

std::string Cursor::expect_string() {
  if (!at(TokenKind::string)) return fail_unexpected("a string"), std::string();
  std::string value = decode_string(word());
  advance();
  return value;
}

std::string Cursor::expect_name() {
  const Token& token = peek();
  std::string name = expect_string();
  if (!is_utf8(name)) fail_at(token, "malformed UTF-8 encoding");
  return name;
}

uint64_t Cursor::expect_unsigned(unsigned bits, const char* message) {
  bool sign = word().starts_with('+') || word().starts_with('-');
  if (!at(TokenKind::integer) || sign) return fail_unexpected("an unsigned number"), 0;
  auto value = parse_unsigned(word(), bits);
  if (!value) return fail(message), 0;
  advance();
  return *value;
}

void Cursor::fail_unexpected(std::string_view expected) {
  // Of "(word", the word is what is wrong.
  const Token& token = at(TokenKind::lparen) ? peek(1) : peek();
  std::string_view spelling = list_->spelling(token);
  std::string suffix = expected.empty() ? "" : ", expected " + std::string(expected);
  if (token.kind == TokenKind::error) return fail_at(token, list_->error);
  bool unknown =
      token.kind == TokenKind::reserved || (token.kind == TokenKind::keyword && !is_known_keyword(spelling));
  if (unknown) return fail_at(token, "unknown operator " + printable(spelling, longest_quotation) + suffix);
  std::string what =
      token.kind == TokenKind::eof ? "end of text" : printable(list_->spelling(peek()), longest_quotation);
  if (at(TokenKind::lparen)) what += printable(spelling, longest_quotation);
  fail("unexpected token " + what + suffix);
}

void Cursor::fail_at(const Token& token, std::string message) {
  if (failed_) return;
  failed_ = true;
  error_offset_ = token.begin;
  message_ = std::move(message);
}

Error Cursor::error() const {
  Position position = position_at(list_->text, error_offset_);
  return Error::at(ErrorKind::malformed, error_offset_,
                   message_ + " at " + std::to_string(position.line) + ":" + std::to_string(position.column));
}

} // namespace skerry::vm::wat
