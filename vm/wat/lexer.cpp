#include "vm/wat/lexer.hpp"

#include "vm/base/hex.hpp"
#include "vm/base/utf8.hpp"
#include "vm/wat/number.hpp"

#include <algorithm>
#include <array>

namespace skerry::vm::wat {

namespace {

constexpr std::array<bool, 256> id_chars = [] {
  std::array<bool, 256> table{};
  for (int c = 0x21; c < 0x7f; ++c) table[static_cast<size_t>(c)] = true;
  for (unsigned char c : {'"', '(', ')', ',', ';', '[', ']', '{', '}'}) table[c] = false;
  return table;
}();

bool is_reserved_punctuation(char c) {
  return c == ',' || c == ';' || c == '[' || c == ']' || c == '{' || c == '}';
}
constexpr const char* malformed_utf8 = "malformed UTF-8 encoding";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// Returns whether the parser reads annotations with this id.
bool is_understood(std::string_view annotation) { return annotation == "name" || annotation == "custom"; }

TokenKind classify_plain(std::string_view word) {
  // A number that begins with a letter begins with `i` or `n` (inf, nan).
  if (word[0] >= 'a' && word[0] <= 'z' && word[0] != 'i' && word[0] != 'n') return TokenKind::keyword;
  if (is_integer(word)) return TokenKind::integer;
  if (is_float(word)) return TokenKind::floating;
  return word[0] >= 'a' && word[0] <= 'z' ? TokenKind::keyword : TokenKind::reserved;
}

} // namespace

Token Lexer::next() {
  const size_t start = pos_;
  is_annotated_ = false;
  Token token;
  if (skip_space(token)) token = any();
  return is_on_time(start) ? token : fail(start, "too late");
}

Token Lexer::fail(size_t where, const char* message) {
  error_ = message;
  pos_ = text_.size();
  return {TokenKind::error, false, static_cast<uint32_t>(where),
          static_cast<uint32_t>(std::min(where + 1, pos_))};
}

bool Lexer::skip_space(Token& other, Annotations annotations) {
  while (pos_ < text_.size()) {
    const char c = text_[pos_];
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      ++pos_;
    } else if (c == ';' && at(pos_ + 1) == ';') {
      if (!line_comment(other)) return false;
    } else if (c == '(' && at(pos_ + 1) == ';') {
      if (!block_comment(other)) return false;
    } else if (c == '(' && at(pos_ + 1) == '@' && annotations == Annotations::are_space) {
      if (!annotation(other)) return false;
    } else {
      return true;
    }
  }
  other = token(TokenKind::eof, pos_);
  return false;
}

std::optional<size_t> Lexer::find_annotation() {
  is_annotated_ = false;
  for (Token unused;
       skip_space(unused, Annotations::are_tokens) && text_[pos_] == '(' && at(pos_ + 1) == '@';) {
    const size_t start = pos_;
    if (!annotation(unused)) break;
    if (is_annotated_) return start;
  }
  return std::nullopt;
}

bool Lexer::line_comment(Token& error) {
  while (pos_ < text_.size() && text_[pos_] != '\n' && text_[pos_] != '\r') {
    if (!skip_character(error)) return false;
  }
  return true;
}

bool Lexer::skip_character(Token& error) {
  const bool is_ascii = static_cast<unsigned char>(text_[pos_]) < 0x80;
  const size_t length = is_ascii ? 1 : utf8_length(text_, pos_);
  if (length == 0) {
    error = fail(pos_, malformed_utf8);
    return false;
  }
  pos_ += length;
  return true;
}

bool Lexer::block_comment(Token& error) {
  const size_t start = pos_;
  size_t depth = 1;
  pos_ += 2;
  while (depth > 0) {
    if (pos_ >= text_.size()) {
      error = fail(start, "unclosed comment");
      return false;
    }
    if (text_[pos_] == '(' && at(pos_ + 1) == ';') {
      ++depth, pos_ += 2;
    } else if (text_[pos_] == ';' && at(pos_ + 1) == ')') {
      --depth, pos_ += 2;
    } else {
      if (!skip_character(error)) return false;
    }
  }
  return true;
}

/// Skips the annotation that begins at pos_ with "(@". Annotations nested in this one are ordinary
/// parentheses.
bool Lexer::annotation(Token& error) {
  const size_t start = pos_;
  pos_ += 2;
  const size_t begin = pos_;
  std::string name;
  if (at(pos_) == '"') {
    const size_t end = string_end(pos_);
    if (end != 0) name = decode_string(text_.substr(pos_, end - pos_)), pos_ = end;
  } else {
    while (pos_ < text_.size() && is_id_char(text_[pos_])) ++pos_;
    name = text_.substr(begin, pos_ - begin);
  }
  if (name.empty()) {
    error = fail(start, "empty annotation id");
    return false;
  }
  if (!is_utf8(name)) {
    error = fail(start, malformed_utf8);
    return false;
  }
  for (uint64_t depth = 1; depth > 0;) {
    const bool has_token = skip_space(error, Annotations::are_tokens);
    if (!has_token && error.kind == TokenKind::eof) {
      error = fail(start, "unclosed annotation");
      return false;
    }
    if (!has_token) return false;
    const Token inside = any();
    if (inside.kind == TokenKind::error) {
      error = inside;
      return false;
    }
    if (inside.kind == TokenKind::lparen) ++depth;
    if (inside.kind == TokenKind::rparen) --depth;
  }
  const bool has_escapes = text_.substr(begin + (text_[begin] == '"'), name.size()) != name;
  is_annotated_ |= is_understood(name) && !has_escapes;
  return true;
}

/// Reads the token that begins at pos_.
Token Lexer::any() {
  const char c = text_[pos_];
  if (c == '(') {
    ++pos_;
    return token(TokenKind::lparen, pos_ - 1);
  }
  if (c == ')') {
    ++pos_;
    return token(TokenKind::rparen, pos_ - 1);
  }
  if (is_id_char(c) || c == '"' || is_reserved_punctuation(c)) return word();
  if (static_cast<unsigned char>(c) >= 0x80 && utf8_length(text_, pos_) == 0)
    return fail(pos_, malformed_utf8);
  return fail(pos_, "illegal character");
}

/// Returns the end of the string literal that begins at `start`, or 0 if the literal is malformed.
size_t Lexer::string_end(size_t start) {
  size_t i = start + 1;
  while (i < text_.size()) {
    const char c = text_[i];
    if (c == '"') return i + 1;
    const bool is_ascii = static_cast<unsigned char>(c) < 0x80;
    const size_t length = c == '\\'       ? escape_length(i)
                          : is_control(c) ? 0
                          : is_ascii      ? 1
                                          : utf8_length(text_, i);
    if (length == 0) return string_failed(i);
    i += length;
  }
  return string_failed(i);
}

size_t Lexer::string_failed(size_t where) {
  bad_string_at_ = where;
  if (where >= text_.size() || text_[where] == '\n') {
    bad_string_ = "unclosed string literal";
  } else if (text_[where] == '\\') {
    bad_string_ = "illegal escape";
  } else if (is_control(text_[where])) {
    bad_string_ = "illegal control character in string literal";
  } else {
    bad_string_ = malformed_utf8;
  }
  return 0;
}

/// Returns the length of the escape sequence at `i`, or 0 if the escape is malformed (spec §6.3.3).
size_t Lexer::escape_length(size_t i) const {
  const char c = at(i + 1);
  if (c == 't' || c == 'n' || c == 'r' || c == '"' || c == '\'' || c == '\\') return 2;
  if (hex_value(c) >= 0) return hex_value(at(i + 2)) >= 0 ? 3 : 0;
  if (c != 'u' || at(i + 2) != '{') return 0;
  uint32_t value = 0;
  bool after_digit = false;
  for (size_t end = i + 3; end < text_.size(); ++end) {
    const char d = text_[end];
    const bool is_surrogate = value >= 0xd800 && value < 0xe000;
    if (d == '}') return after_digit && !is_surrogate ? end + 1 - i : 0;
    if (d == '_' ? !after_digit : hex_value(d) < 0) return 0;
    after_digit = d != '_';
    if (after_digit) value = value << 4 | static_cast<uint32_t>(hex_value(d));
    if (value > 0x10ffff) return 0;
  }
  return 0;
}

/// Reads a maximal run of identifier characters, strings and reserved punctuation as one token (spec §6.2.2).
Token Lexer::word() {
  const size_t start = pos_;
  size_t strings = 0, first_string = 0, first_end = 0;
  bool punctuation = false;
  while (pos_ < text_.size()) {
    const char c = text_[pos_];
    if (is_id_char(c)) {
      ++pos_;
    } else if (c == '"') {
      const size_t end = string_end(pos_);
      if (end == 0) return bad_word(start);
      if (strings++ == 0) first_string = pos_, first_end = end;
      pos_ = end;
    } else if (is_reserved_punctuation(c) && !(c == ';' && at(pos_ + 1) == ';')) {
      punctuation = true;
      ++pos_;
    } else {
      break;
    }
  }
  return classify(start, strings, first_string, first_end, punctuation);
}

Token Lexer::bad_word(size_t start) {
  // A malformed string directly after `$` is reported as an identifier without a name, unless the string has
  // malformed UTF-8.
  if (text_[start] == '$' && pos_ == start + 1 && bad_string_ != malformed_utf8)
    return fail(start, "empty identifier");
  return fail(bad_string_at_, bad_string_);
}

Token Lexer::classify(size_t start, size_t strings, size_t first_string, size_t first_end, bool punctuation) {
  const std::string_view word = text_.substr(start, pos_ - start);
  const bool ends_with_string = strings == 1 && first_end == pos_;
  if (punctuation) return token(TokenKind::reserved, start);
  if (ends_with_string && first_string == start) return token(TokenKind::string, start);
  if (word[0] == '$') {
    const bool quoted = ends_with_string && first_string == start + 1;
    std::string storage;
    if (word == "$" || word == "$\"\"") return fail(start, "empty identifier");
    if (quoted && !is_utf8(decode_id(word, storage))) return fail(start, malformed_utf8);
    return token(strings == 0 || quoted ? TokenKind::id : TokenKind::reserved, start);
  }
  return token(strings == 0 ? classify_plain(word) : TokenKind::reserved, start);
}

bool Lexer::skip(uint32_t levels) {
  Token unused;
  while (levels > 0 && pos_ < text_.size()) {
    const size_t start = pos_;
    const char c = text_[pos_];
    if (c == '"') {
      skip_string();
    } else if (c == ';' && at(pos_ + 1) == ';') {
      if (!line_comment(unused)) return false;
    } else if (c == '(' && at(pos_ + 1) == ';') {
      if (!block_comment(unused)) return false;
    } else {
      levels += c == '(';
      levels -= c == ')';
      ++pos_;
    }
    if (!is_on_time(start)) return false;
  }
  return levels == 0;
}

void Lexer::skip_string() {
  for (++pos_; pos_ < text_.size() && text_[pos_] != '"'; ++pos_) pos_ += text_[pos_] == '\\';
  pos_ = std::min(pos_ + 1, text_.size());
}

bool is_id_char(char c) noexcept { return id_chars[static_cast<unsigned char>(c)]; }

namespace {

/// Passes the bytes that a string token stands for to `put`, in pieces. Text without escapes is one piece.
template <class F> void decode(std::string_view literal, F&& put) {
  for (size_t i = 1; i + 1 < literal.size();) {
    if (literal[i] != '\\') {
      const size_t end = std::min(literal.find('\\', i), literal.size() - 1);
      put(literal.substr(i, end - i));
      i = end;
      continue;
    }
    const char c = literal[i + 1];
    if (c == 'u') {
      uint32_t value = 0;
      for (i += 3; literal[i] != '}'; ++i)
        if (literal[i] != '_') value = value << 4 | static_cast<uint32_t>(hex_value(literal[i]));
      std::string scalar;
      append_utf8(scalar, value);
      put(scalar);
      ++i;
    } else if (hex_value(c) >= 0) {
      const char byte = static_cast<char>(hex_value(c) << 4 | hex_value(literal[i + 2]));
      put(std::string_view(&byte, 1));
      i += 3;
    } else {
      const char byte = c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
      put(std::string_view(&byte, 1));
      i += 2;
    }
  }
}

} // namespace

std::string decode_string(std::string_view literal) {
  std::string out;
  decode(literal, [&](std::string_view bytes) { out += bytes; });
  return out;
}

void decode_string(std::string_view literal, ByteWriter& out) {
  decode(literal, [&](std::string_view bytes) { out.text(bytes); });
}

uint64_t decoded_size(std::string_view literal) {
  uint64_t size = 0;
  decode(literal, [&](std::string_view bytes) { size += bytes.size(); });
  return size;
}

std::string_view decode_id(std::string_view literal, std::string& storage) {
  if (literal[0] == '"') return storage = decode_string(literal);
  if (literal[1] != '"') return literal.substr(1);
  const std::string_view inside = literal.substr(2, literal.size() - 3);
  if (inside.find('\\') == std::string_view::npos) return inside;
  return storage = decode_string(literal.substr(1));
}

std::string_view id_at(std::string_view text, size_t offset) {
  size_t end = offset + (text[offset] == '$');
  if (text[end] != '"') {
    while (end < text.size() && is_id_char(text[end])) ++end;
  } else {
    for (++end; text[end] != '"'; ++end) end += text[end] == '\\';
    ++end;
  }
  return text.substr(offset, end - offset);
}

SourcePosition position_at(std::string_view text, size_t offset) noexcept {
  SourcePosition position;
  const size_t first = text.starts_with(Lexer::byte_order_mark) ? Lexer::byte_order_mark.size() : 0;
  for (size_t i = first; i < offset && i < text.size(); ++i) {
    bool newline = text[i] == '\n' || (text[i] == '\r' && (i + 1 >= text.size() || text[i + 1] != '\n'));
    if (newline) {
      ++position.line, position.column = 1;
    } else {
      ++position.column;
    }
  }
  return position;
}

} // namespace skerry::vm::wat
