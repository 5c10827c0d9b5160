#include "vm/wat/cursor.hpp"

#include "skerry/printable.hpp"
#include "vm/base/utf8.hpp"
#include "vm/wat/keywords.hpp"
#include "vm/wat/number.hpp"

namespace skerry::vm::wat {

namespace {

constexpr size_t longest_quotation = 100;

} // namespace

std::string excerpt(std::string_view word) { return printable(word, longest_quotation); }

IdOffset Cursor::take_id() {
  if (!at(TokenKind::id)) return no_id;
  const IdOffset id = peek().begin;
  advance();
  return id;
}

std::optional<std::string> Cursor::take_name() {
  const IdOffset id = take_id();
  return id == no_id ? std::nullopt : std::optional(name_of(id));
}

/// Searches first the tokens that have been read ahead, then the rest of the text.
bool Cursor::close_to(int64_t depth) {
  if (failed_) return false;
  for (; depth_ > depth && filled_ > 0; --filled_) {
    depth_ += tokens_[0].kind == TokenKind::lparen;
    depth_ -= tokens_[0].kind == TokenKind::rparen;
    tokens_[0] = tokens_[1], tokens_[1] = tokens_[2];
  }
  const bool is_closed = depth_ <= depth || lexer_.skip(static_cast<uint32_t>(depth_ - depth));
  depth_ = depth;
  if (filled_ == 0) fill();
  return is_closed;
}

void Cursor::expect(TokenKind kind, std::string_view what) {
  if (!at(kind) || failed_) return fail_unexpected(what);
  if (kind != TokenKind::eof) advance();
}

void Cursor::expect_open(std::string_view keyword) {
  if (!take_open(keyword)) fail_unexpected("`(" + std::string(keyword) + "`");
}

std::string Cursor::expect_string() {
  if (!at(TokenKind::string)) {
    fail_unexpected("a string");
    return std::string();
  }
  std::string value = decode_string(word());
  advance();
  return value;
}

void Cursor::expect_string(ByteWriter& out) {
  if (!at(TokenKind::string)) return fail_unexpected("a string");
  decode_string(word(), out);
  advance();
}

std::string Cursor::expect_name() {
  const Token token = peek();
  std::string name = expect_string();
  if (!is_utf8(name)) fail_at(token, "malformed UTF-8 encoding");
  return name;
}

uint64_t Cursor::expect_unsigned(unsigned bits, const char* message) {
  bool sign = word().starts_with('+') || word().starts_with('-');
  if (!at(TokenKind::integer) || sign) {
    fail_unexpected("an unsigned number");
    return 0;
  }
  auto value = parse_unsigned(word(), bits);
  if (!value) {
    fail(message);
    return 0;
  }
  advance();
  return *value;
}

void Cursor::fail_unexpected(std::string_view expected) {
  // If the next tokens are "(word", the error is about the word.
  const Token token = at(TokenKind::lparen) ? peek(1) : peek();
  std::string_view spelling = this->spelling(token);
  std::string suffix = expected.empty() ? "" : ", expected " + std::string(expected);
  if (token.kind == TokenKind::error) return fail_at(token, lexer_.error());
  bool unknown =
      token.kind == TokenKind::reserved || (token.kind == TokenKind::keyword && !is_known_keyword(spelling));
  if (unknown) return fail_at(token, "unknown operator " + excerpt(spelling) + suffix);
  std::string what = token.kind == TokenKind::eof ? "end of text" : excerpt(this->spelling(peek()));
  if (at(TokenKind::lparen)) what += excerpt(spelling);
  fail("unexpected token " + what + suffix);
}

void Cursor::fail_limit(const char* what, uint64_t limit) {
  fail_at(peek(), std::string("too many ") + what + ": the limit is " + std::to_string(limit),
          ErrorKind::limit);
}

void Cursor::fail_at(const Token& token, std::string message, ErrorKind kind) {
  if (failed_) return;
  error_kind_ = kind;
  error_offset_ = token.begin;
  end_.begin = end_.end = static_cast<uint32_t>(text().size());
  failed_ = true;
  message_ = std::move(message);
}

Error Cursor::error() const {
  const Position position = position_at(text(), error_offset_);
  return Error::at(error_kind_, error_offset_,
                   message_ + " at " + std::to_string(position.line) + ":" + std::to_string(position.column));
}

} // namespace skerry::vm::wat
