// Reading tokens one after the other, none kept behind. As with ByteReader the first error sticks: after it
// the cursor stands on `eof`, so parsing code reads straight on, and every loop ends because more() is false.
//
// A copy of a cursor remembers a place; assigning it goes back there.
#pragma once

#include "skerry/error.hpp"
#include "vm/wat/lexer.hpp"
#include "vm/wat/token.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::vm::wat {

/// Where an identifier stands in the text.
using IdOffset = uint32_t;
inline constexpr IdOffset no_id = ~IdOffset{0};

class Cursor {
public:
  explicit Cursor(std::string_view text) : lexer_(text) { fill(); }
  /// Ends with an error when the watch expires, which must stay alive.
  Cursor(std::string_view text, LoadWatch& watch) : lexer_(text, watch) { fill(); }

  std::string_view text() const { return lexer_.text(); }
  std::string_view spelling(const Token& token) const {
    return text().substr(token.begin, token.end - token.begin);
  }
  bool ok() const { return !failed_; }
  /// `ahead` is 2 at most.
  const Token& peek(uint32_t ahead = 0) {
    while (filled_ <= ahead) fill();
    return failed_ ? end_ : tokens_[ahead];
  }
  const Token& peek() const { return failed_ ? end_ : tokens_[0]; }
  std::string_view word(uint32_t ahead = 0) { return spelling(peek(ahead)); }

  /// Neither at a closing parenthesis nor at the end (nor behind an error).
  bool more() const {
    const TokenKind kind = peek().kind;
    return kind != TokenKind::rparen && kind != TokenKind::eof;
  }
  bool at(TokenKind kind) const { return peek().kind == kind; }
  bool at_keyword(std::string_view expected, uint32_t ahead = 0) {
    return peek(ahead).kind == TokenKind::keyword && word(ahead) == expected;
  }
  bool at_open(std::string_view keyword) { return at(TokenKind::lparen) && at_keyword(keyword, 1); }
  bool at_index() const { return at(TokenKind::id) || at(TokenKind::integer); }

  void advance() {
    depth_ += tokens_[0].kind == TokenKind::lparen;
    depth_ -= tokens_[0].kind == TokenKind::rparen;
    for (uint32_t i = 1; i < filled_; ++i) tokens_[i - 1] = tokens_[i];
    if (--filled_ == 0) fill();
  }
  bool take_keyword(std::string_view expected) { return at_keyword(expected) && (advance(), true); }
  /// Consumes "(keyword".
  bool take_open(std::string_view keyword) { return at_open(keyword) && (advance(), advance(), true); }
  /// The identifier at which the cursor stands.
  IdOffset take_id();
  /// Its name, without `$`; nothing when the next token is none.
  std::optional<std::string> take_name();
  std::string name_of(IdOffset id) const { return decode_id(id_at(text(), id)); }

  /// How many parentheses are open here.
  int64_t depth() const { return depth_; }
  /// Goes behind the parenthesis that brings the depth down to this; or to the end.
  /// False when it is not there.
  bool close_to(int64_t depth);
  /// Over the form that begins here.
  bool skip_form() {
    const int64_t before = depth_;
    advance();
    return close_to(before);
  }

  void expect_close() { expect(TokenKind::rparen, "`)`"); }
  void expect_eof() { expect(TokenKind::eof, "the end"); }
  void expect_open(std::string_view keyword);
  /// The bytes of a string token.
  std::string expect_string();
  void expect_string(ByteWriter& out);
  /// A string that must be UTF-8.
  std::string expect_name();
  /// An unsigned number. `message` is for one that is too large.
  uint64_t expect_unsigned(unsigned bits, const char* message);
  uint32_t expect_u32() { return static_cast<uint32_t>(expect_unsigned(32, "i32 constant out of range")); }

  /// Reports the next token: the lexer's error, "unknown operator" or "unexpected token".
  void fail_unexpected(std::string_view expected);
  /// At the next token.
  void fail(std::string message) { fail_at(peek(), std::move(message)); }
  void fail_at(const Token& token, std::string message, ErrorKind kind = ErrorKind::malformed);
  /// "too many WHAT: the limit is LIMIT".
  void fail_limit(const char* what, uint64_t limit);

  /// Only when !ok(). Its offset is in bytes of the text; line and column are in the message.
  Error error() const;

private:
  void fill() { tokens_[filled_++] = lexer_.next(); }
  void expect(TokenKind kind, std::string_view what);

  Lexer lexer_;
  std::array<Token, 3> tokens_; // the next ones, as many as were asked for
  Token end_{};                 // what is seen behind an error
  uint32_t filled_ = 0;
  int64_t depth_ = 0;
  bool failed_ = false;
  ErrorKind error_kind_ = ErrorKind::malformed;
  uint32_t error_offset_ = 0;
  std::string message_;
};

/// A piece of the text for a message, cut when it is long.
std::string quoted(std::string_view word);

} // namespace skerry::vm::wat
