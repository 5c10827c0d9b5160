// Reading tokens one after the other. As with ByteReader the first error sticks: after it the cursor stands
// on `eof`, so parsing code reads straight on, and every loop ends because more() is false.
#pragma once

#include "skerry/error.hpp"
#include "vm/wat/token.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace skerry::vm::wat {

class Cursor {
public:
  explicit Cursor(const TokenList& list, uint32_t at = 0) : list_(&list), at_(at) {}

  const TokenList& list() const { return *list_; }
  bool ok() const { return !failed_; }
  uint32_t index() const { return at_; }
  void jump(uint32_t index) {
    if (ok()) at_ = index;
  }
  const Token& peek(uint32_t ahead = 0) const {
    size_t last = list_->tokens.size() - 1;
    return list_->tokens[failed_ || at_ + ahead > last ? last : at_ + ahead];
  }
  std::string_view word(uint32_t ahead = 0) const { return list_->spelling(peek(ahead)); }

  /// Neither at a closing parenthesis nor at the end (nor behind an error).
  bool more() const {
    TokenKind kind = peek().kind;
    return kind != TokenKind::rparen && kind != TokenKind::eof;
  }
  bool at(TokenKind kind) const { return peek().kind == kind; }
  bool at_keyword(std::string_view expected, uint32_t ahead = 0) const {
    return peek(ahead).kind == TokenKind::keyword && word(ahead) == expected;
  }
  bool at_open(std::string_view keyword) const { return at(TokenKind::lparen) && at_keyword(keyword, 1); }
  bool at_index() const { return at(TokenKind::id) || at(TokenKind::integer); }

  void advance() { ++at_; }
  bool take_keyword(std::string_view expected) { return at_keyword(expected) && (advance(), true); }
  /// Consumes "(keyword".
  bool take_open(std::string_view keyword) { return at_open(keyword) && (advance(), advance(), true); }
  /// The identifier without its `$`; nothing when the next token is none.
  std::optional<std::string> take_id();

  void expect_close() { expect(TokenKind::rparen, "`)`"); }
  void expect_eof() { expect(TokenKind::eof, "the end"); }
  void expect_open(std::string_view keyword);
  /// The bytes of a string token.
  std::string expect_string();
  /// A string that must be UTF-8.
  std::string expect_name();
  /// An unsigned number. `message` is for one that is too large.
  uint64_t expect_unsigned(unsigned bits, const char* message);
  uint32_t expect_u32() { return static_cast<uint32_t>(expect_unsigned(32, "i32 constant out of range")); }

  /// Reports the next token: the lexer's error, "unknown operator" or "unexpected token".
  void fail_unexpected(std::string_view expected);
  /// At the next token.
  void fail(std::string message) { fail_at(peek(), std::move(message)); }
  void fail_at(const Token& token, std::string message);

  /// Only when !ok(). Its offset is in bytes of the text; line and column are in the message.
  Error error() const;

private:
  void expect(TokenKind kind, std::string_view what);

  const TokenList* list_;
  uint32_t at_;
  bool failed_ = false;
  uint32_t error_offset_ = 0;
  std::string message_;
};

} // namespace skerry::vm::wat
