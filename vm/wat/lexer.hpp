// Splits a text into tokens, one at a time (spec §6.2).
#pragma once

#include "skerry/error.hpp"
#include "vm/base/byte_writer.hpp"
#include "vm/module/load_watch.hpp"
#include "vm/wat/token.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::vm::wat {

/// A copy of a lexer remembers its position in the text. Annotations, `(@id …)`, are checked and then
/// skipped. The lexer notes @name and @custom annotations, which the parser reads, in the token after them.
/// It skips a byte order mark at the beginning of the text. The time for the whole text is linear in its
/// size.
class Lexer {
public:
  static constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

  /// `text` must stay alive and be shorter than 4 GiB.
  explicit Lexer(std::string_view text) : text_(text), pos_(text.starts_with(byte_order_mark) ? 3 : 0) {}
  /// If `watch` expires, the next token is an error. The watch must stay alive.
  Lexer(std::string_view text, LoadWatch& watch) : Lexer(text) { watch_ = &watch; }
  /// Begins at the offset `start`, which must not lie inside a token.
  Lexer(std::string_view text, size_t start) : text_(text), pos_(start) {}

  Token next();
  /// Skips white space, comments and annotations up to the first `(@name …)` or `(@custom …)`, and returns
  /// the offset at which this annotation begins. Returns nothing if a token, an error or the end comes first.
  std::optional<size_t> find_annotation();
  /// Returns the offset up to which the text has been read.
  size_t position() const { return pos_; }
  /// Moves past as many closing parentheses as are needed to close the `levels` innermost open parentheses.
  /// skip() does not split the skipped text into tokens, and recognizes only strings, comments and
  /// parentheses. Returns false, at the end of the text or after an error, if these parentheses are not all
  /// closed.
  bool skip(uint32_t levels);
  std::string_view text() const { return text_; }
  /// Returns the message of the last token of kind `error`.
  const char* error() const { return error_; }

private:
  char at(size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  Token token(TokenKind kind, size_t begin) const {
    return {kind, is_annotated_, static_cast<uint32_t>(begin), static_cast<uint32_t>(pos_)};
  }
  Token fail(size_t where, const char* message);
  /// How skip_space() treats an annotation. `are_space`: skips it like a comment. `are_tokens`, used inside
  /// another annotation: leaves its parentheses and words as ordinary tokens.
  enum class Annotations : uint8_t { are_space, are_tokens };
  /// Skips white space, comments and annotations. Returns whether a token follows. If not, `other` is the
  /// `error` or `eof` token to return.
  bool skip_space(Token& other, Annotations annotations = Annotations::are_space);
  bool line_comment(Token& error);
  bool block_comment(Token& error);
  bool skip_character(Token& error);
  bool annotation(Token& error);
  Token any();
  size_t string_end(size_t start);
  size_t string_failed(size_t where);
  size_t escape_length(size_t i) const;
  Token word();
  Token bad_word(size_t start);
  Token classify(size_t start, size_t strings, size_t first_string, size_t first_end, bool punctuation);
  void skip_string();

  /// Charges the deadline watch for the length of the text from `start` to the current position. Returns
  /// false if the watch has expired.
  bool is_on_time(size_t start) { return watch_ == nullptr || watch_->spend(pos_ - start); }

  std::string_view text_;
  LoadWatch* watch_ = nullptr;
  size_t pos_ = 0;
  const char* error_ = nullptr;
  bool is_annotated_ = false; // Token::is_annotated of the next token
  size_t bad_string_at_ = 0;
  const char* bad_string_ = nullptr;
};

/// A string token stands for bytes: "a\00" for two. The first decode_string() returns these bytes, the second
/// writes them, and decoded_size() returns their number. `literal` is the text of the token, with the quotes.
std::string decode_string(std::string_view literal);
void decode_string(std::string_view literal, ByteWriter& out);
uint64_t decoded_size(std::string_view literal);

/// Returns the name of an identifier token: the characters after `$`, or the decoded string of `$"…"`. For a
/// string token, returns its bytes. The name is a view of `literal`, or of `storage`.
std::string_view decode_id(std::string_view literal, std::string& storage);
inline std::string decode_id(std::string_view literal) {
  std::string storage;
  return std::string(decode_id(literal, storage));
}
/// Returns the text of the identifier or string token that begins at `offset`. The lexer must have accepted
/// that token.
std::string_view id_at(std::string_view text, size_t offset);

/// Returns whether identifiers and keywords may contain the character `c` (spec §6.3.5).
bool is_id_char(char c) noexcept;

/// Returns the position of a byte offset. A byte order mark is not part of the first line.
SourcePosition position_at(std::string_view text, size_t offset) noexcept;

} // namespace skerry::vm::wat
