// Reads tokens one after the other. As in ByteReader, only the first error is kept. After an error, the
// cursor reports `eof` as its next token. Parsing code therefore need not check for errors after each token,
// and loops that check more() end.
//
// A copy of a cursor remembers a position. To return to that position, assign the copy back.
#pragma once

#include "skerry/config.hpp"
#include "skerry/error.hpp"
#include "vm/wat/lexer.hpp"
#include "vm/wat/token.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::vm::wat {

/// The offset in the text at which an identifier begins, or the string of a @name annotation. The parser
/// stores names in this form.
using IdOffset = uint32_t;
inline constexpr IdOffset no_id = ~IdOffset{0};

/// The name of an item: the identifier by which the text refers to the item, and the name for the name
/// section. They differ if there is a @name annotation (spec §7.6.2, "Name Annotations").
struct ItemName {
  IdOffset id = no_id, shown = no_id;
};

class Cursor {
public:
  explicit Cursor(std::string_view text) : lexer_(text) { start(); }
  /// If `watch` expires, the next token is an error. The watch must stay alive.
  Cursor(std::string_view text, LoadWatch& watch) : lexer_(text, watch) { start(); }

  std::string_view text() const { return lexer_.text(); }
  std::string_view spelling(const Token& token) const {
    return text().substr(token.begin, token.end - token.begin);
  }
  bool ok() const { return !failed_; }
  /// Returns the token `ahead` places after the next one. `ahead` is at most 2.
  const Token& peek(uint32_t ahead = 0) {
    while (filled_ <= ahead) fill();
    return failed_ ? end_ : tokens_[ahead];
  }
  const Token& peek() const { return failed_ ? end_ : tokens_[0]; }
  std::string_view word(uint32_t ahead = 0) { return spelling(peek(ahead)); }

  /// Returns whether the current form continues: false at a closing parenthesis, at the end of the text and
  /// after an error.
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
    if (tokens_[0].is_annotated) [[unlikely]]
      check_placement();
    space_ = tokens_[0].end;
    depth_ += tokens_[0].kind == TokenKind::lparen;
    depth_ -= tokens_[0].kind == TokenKind::rparen;
    for (uint32_t i = 1; i < filled_; ++i) tokens_[i - 1] = tokens_[i];
    if (--filled_ == 0) fill();
  }
  bool take_keyword(std::string_view expected) { return at_keyword(expected) && (advance(), true); }
  /// Consumes the two tokens `(` and `keyword` if they are next. Returns whether they were.
  bool take_open(std::string_view keyword) { return at_open(keyword) && (advance(), advance(), true); }
  /// Consumes the identifier at the cursor. Returns no_id, and consumes nothing, if the next token is not an
  /// identifier.
  IdOffset take_id();
  /// Takes the @name annotation before the next token, and returns the offset of its string; no_id if there
  /// is none. `kind` names the kind of item in messages.
  IdOffset take_name_annotation(const char* kind);
  /// Consumes the identifier at the cursor and the @name annotation after it; either can be missing.
  ItemName take_item_name(const char* kind);
  /// Consumes the identifier at the cursor and returns its name without `$`. Returns nothing if the next
  /// token is not an identifier.
  std::optional<std::string> take_name();
  std::string name_of(IdOffset id) const { return decode_id(id_at(text(), id)); }

  // Annotations stand between tokens. These functions see those before the next token. With
  // require_placement, an annotation that the parser does not take is an error.
  void require_placement(bool is_required) { requires_placement_ = is_required; }
  /// Returns the id of the first annotation before the next token, "name" or "custom"; empty if there is
  /// none.
  std::string_view annotation() const;
  /// Returns a cursor at the content of this annotation.
  Cursor enter_annotation() const;
  /// Takes the annotation that `content` has read up to and without the closing parenthesis. If `content` has
  /// failed, this cursor fails.
  void leave_annotation(Cursor& content, const char* id);
  void ignore_annotations() { tokens_[0].is_annotated = false; }
  /// Fails if there is an annotation before the next token.
  void expect_no_annotation();

  /// Returns the number of parentheses that are open at the cursor.
  int64_t depth() const { return depth_; }
  /// Skips tokens until depth() is `depth`; moves nowhere if it already is. If the text ends first, stays at
  /// its end and returns false.
  bool close_to(int64_t depth);
  /// Skips the token at the cursor. If the token is an opening parenthesis, also skips everything up to the
  /// matching closing parenthesis, and that parenthesis.
  bool skip_form() {
    const int64_t before = depth_;
    advance();
    return close_to(before);
  }

  void expect_close() { expect(TokenKind::rparen, "`)`"); }
  void expect_eof() { expect(TokenKind::eof, "the end"); }
  void expect_open(std::string_view keyword);
  /// The expect_string() functions consume a string token, and return or write the bytes that it stands for.
  std::string expect_string();
  void expect_string(ByteWriter& out);
  /// Consumes a string token that must stand for valid UTF-8.
  std::string expect_name();
  /// Consumes an unsigned number of up to `bits` bits. `message` is the error message for a larger number.
  uint64_t expect_unsigned(unsigned bits, const char* message);
  uint32_t expect_u32() { return static_cast<uint32_t>(expect_unsigned(32, "i32 constant out of range")); }

  /// Fails because of the next token. If the token is malformed, the message is the lexer's error. Otherwise
  /// the message begins with "unknown operator" or "unexpected token", and ends with `, expected …` unless
  /// `expected` is empty.
  void fail_unexpected(std::string_view expected);
  /// Fails at the next token.
  void fail(std::string message) { fail_at(peek(), std::move(message)); }
  void fail_at(const Token& token, std::string message, ErrorKind kind = ErrorKind::malformed);
  /// Fails at `token` because `what` needs a feature that the engine does not have.
  void fail_unsupported(const Token& token, Feature feature, std::string_view what);
  /// Fails at the next token with the limit error "too many WHAT: the limit is LIMIT".
  void fail_limit(const char* what, uint64_t limit);

  /// Returns the first error, with its place in the text. Call it only if ok() is false.
  Error error() const;

private:
  Cursor(std::string_view text, size_t begin) : lexer_(text, begin) { start(); }
  void start() {
    space_ = lexer_.position();
    fill();
  }
  void fill() { tokens_[filled_++] = lexer_.next(); }
  void expect(TokenKind kind, std::string_view what);
  /// The token at which the cursor has failed.
  Token error_token() const { return {TokenKind::error, false, error_offset_, error_offset_}; }
  void check_placement() {
    if (requires_placement_) expect_no_annotation();
  }
  /// Returns the offset of the first annotation before the next token, which is annotated.
  size_t annotation_start() const { return Lexer(text(), space_).find_annotation().value_or(space_); }

  Lexer lexer_;
  std::array<Token, 3> tokens_; // the next tokens, of which `filled_` have been read
  Token end_{};                 // what peek() returns after an error
  uint32_t filled_ = 0;
  size_t space_ = 0; // the end of the token or annotation before the next token
  int64_t depth_ = 0;
  bool failed_ = false;
  bool requires_placement_ = false;
  ErrorKind error_kind_ = ErrorKind::malformed;
  uint32_t error_offset_ = 0;
  std::string message_;
  std::string_view feature_; // that the text needs; empty for other errors
};

/// Returns a piece of the text in printable form for a message, cut if it is long.
std::string excerpt(std::string_view word);

} // namespace skerry::vm::wat
