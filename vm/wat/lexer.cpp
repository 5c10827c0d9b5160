#include "vm/wat/lexer.hpp"

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
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

class Lexer {
public:
  explicit Lexer(std::string_view text) : text_(text) { list_.text = text; }

  TokenList run() {
    while (list_.error.empty() && pos_ < text_.size()) step();
    if (list_.error.empty() && annotation_depth_ != 0)
      fail(list_.annotations.back().begin, "unclosed annotation");
    auto end = static_cast<uint32_t>(list_.tokens.size() - (list_.error.empty() ? 0 : 1));
    push(TokenKind::eof, text_.size(), text_.size());
    for (uint32_t open : open_) list_.tokens[open].close = end;
    return std::move(list_);
  }

private:
  char at(size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

  void push(TokenKind kind, size_t begin, size_t end) {
    Token token{kind, static_cast<uint32_t>(begin), static_cast<uint32_t>(end), 0};
    bool inside = annotation_depth_ != 0 && kind != TokenKind::eof && kind != TokenKind::error;
    (inside ? list_.annotation_tokens : list_.tokens).push_back(token);
  }

  void fail(size_t where, std::string message) {
    list_.error = std::move(message);
    push(TokenKind::error, where, std::min(where + 1, text_.size()));
    pos_ = text_.size();
  }

  void step() {
    char c = text_[pos_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return void(++pos_);
    if (c == '(') return open();
    if (c == ')') return close();
    if (c == ';' && at(pos_ + 1) == ';') return line_comment();
    if (is_id_char(c) || c == '"' || is_reserved_punctuation(c)) return word();
    if (static_cast<unsigned char>(c) >= 0x80 && utf8_length(text_, pos_) == 0)
      return fail(pos_, "malformed UTF-8 encoding");
    fail(pos_, "illegal character");
  }

  void open() {
    char next = at(pos_ + 1);
    if (next == ';' && pos_ + 1 < text_.size()) return block_comment();
    if (next == '@' && annotation_depth_ == 0) return open_annotation();
    if (annotation_depth_ == 0) {
      open_.push_back(static_cast<uint32_t>(list_.tokens.size()));
    } else {
      ++annotation_depth_;
    }
    push(TokenKind::lparen, pos_, pos_ + 1);
    ++pos_;
  }

  void close() {
    if (annotation_depth_ != 0) {
      if (--annotation_depth_ == 0) return close_annotation();
    } else if (!open_.empty()) {
      list_.tokens[open_.back()].close = static_cast<uint32_t>(list_.tokens.size());
      open_.pop_back();
    }
    push(TokenKind::rparen, pos_, pos_ + 1);
    ++pos_;
  }

  void line_comment() {
    while (pos_ < text_.size() && text_[pos_] != '\n' && text_[pos_] != '\r') {
      size_t length = utf8_length(text_, pos_);
      if (length == 0) return fail(pos_, "malformed UTF-8 encoding");
      pos_ += length;
    }
  }

  void block_comment() {
    size_t start = pos_;
    size_t depth = 1;
    pos_ += 2;
    while (depth > 0) {
      if (pos_ >= text_.size()) return fail(start, "unclosed comment");
      if (text_[pos_] == '(' && at(pos_ + 1) == ';') {
        ++depth, pos_ += 2;
      } else if (text_[pos_] == ';' && at(pos_ + 1) == ')') {
        --depth, pos_ += 2;
      } else {
        size_t length = utf8_length(text_, pos_);
        if (length == 0) return fail(pos_, "malformed UTF-8 encoding");
        pos_ += length;
      }
    }
  }

  void open_annotation() {
    size_t start = pos_;
    pos_ += 2;
    size_t begin = pos_;
    std::string name;
    if (at(pos_) == '"') {
      size_t end = string_end(pos_);
      if (end != 0) name = decode_string(text_.substr(pos_, end - pos_)), pos_ = end;
    } else {
      while (pos_ < text_.size() && is_id_char(text_[pos_])) ++pos_;
      name = text_.substr(begin, pos_ - begin);
    }
    if (name.empty()) return fail(start, "empty annotation id");
    if (!is_utf8(name)) return fail(start, "malformed UTF-8 encoding");
    list_.annotations.push_back({std::move(name), static_cast<uint32_t>(list_.tokens.size()),
                                 static_cast<uint32_t>(start), 0,
                                 static_cast<uint32_t>(list_.annotation_tokens.size()), 0});
    annotation_depth_ = 1;
  }

  void close_annotation() {
    ++pos_;
    Annotation& done = list_.annotations.back();
    done.end = static_cast<uint32_t>(pos_);
    done.tokens = static_cast<uint32_t>(list_.annotation_tokens.size()) - done.first_token;
  }

  /// End of the string that begins at `start`, or 0 when it is not a string.
  size_t string_end(size_t start) {
    size_t i = start + 1;
    while (i < text_.size()) {
      char c = text_[i];
      if (c == '"') return i + 1;
      size_t length = c == '\\' ? escape_length(i) : is_control(c) ? 0 : utf8_length(text_, i);
      if (length == 0) return string_failed(i);
      i += length;
    }
    return string_failed(i);
  }

  size_t string_failed(size_t where) {
    bad_string_at_ = where;
    if (where >= text_.size() || text_[where] == '\n') {
      bad_string_ = "unclosed string literal";
    } else if (text_[where] == '\\') {
      bad_string_ = "illegal escape";
    } else if (is_control(text_[where])) {
      bad_string_ = "illegal control character in string literal";
    } else {
      bad_string_ = "malformed UTF-8 encoding";
    }
    return 0;
  }

  /// Length of the escape at `i`, or 0 (spec §6.3.3).
  size_t escape_length(size_t i) const {
    char c = at(i + 1);
    if (c == 't' || c == 'n' || c == 'r' || c == '"' || c == '\'' || c == '\\') return 2;
    if (hex_digit(c) >= 0) return hex_digit(at(i + 2)) >= 0 ? 3 : 0;
    if (c != 'u' || at(i + 2) != '{') return 0;
    size_t end = text_.find('}', i + 3);
    if (end == std::string_view::npos) return 0;
    std::string_view digits = text_.substr(i + 3, end - i - 3);
    uint32_t value = 0;
    bool after_digit = false;
    for (char d : digits) {
      if (d == '_' ? !after_digit : hex_digit(d) < 0) return 0;
      after_digit = d != '_';
      if (after_digit) value = value << 4 | static_cast<uint32_t>(hex_digit(d));
      if (value > 0x10ffff) return 0;
    }
    bool surrogate = value >= 0xd800 && value < 0xe000;
    return after_digit && !surrogate ? end + 1 - i : 0;
  }

  /// A maximal run of id characters, strings and reserved punctuation: one token (spec §6.3.2).
  void word() {
    size_t start = pos_;
    size_t strings = 0, first_string = 0;
    bool punctuation = false;
    while (pos_ < text_.size()) {
      char c = text_[pos_];
      if (is_id_char(c)) {
        ++pos_;
      } else if (c == '"') {
        size_t end = string_end(pos_);
        if (end == 0) return bad_word(start);
        if (strings++ == 0) first_string = pos_;
        pos_ = end;
      } else if (is_reserved_punctuation(c) && !(c == ';' && at(pos_ + 1) == ';')) {
        punctuation = true;
        ++pos_;
      } else {
        break;
      }
    }
    classify(start, strings, first_string, punctuation);
  }

  void bad_word(size_t start) {
    // As if the string were not there: `$` alone is an identifier without a name.
    if (text_[start] == '$' && pos_ == start + 1 && bad_string_ != "malformed UTF-8 encoding")
      return fail(start, "empty identifier");
    fail(bad_string_at_, bad_string_);
  }

  void classify(size_t start, size_t strings, size_t first_string, bool punctuation) {
    std::string_view word = text_.substr(start, pos_ - start);
    TokenKind kind = TokenKind::reserved;
    if (punctuation) {
      kind = TokenKind::reserved;
    } else if (strings == 1 && first_string == start && string_end(start) == pos_) {
      kind = TokenKind::string;
    } else if (word[0] == '$') {
      bool quoted = strings == 1 && first_string == start + 1 && string_end(start + 1) == pos_;
      if (word == "$" || word == "$\"\"") return fail(start, "empty identifier");
      if (quoted && !is_utf8(decode_id(word))) return fail(start, "malformed UTF-8 encoding");
      if (strings == 0 || quoted) kind = TokenKind::id;
    } else if (strings == 0) {
      kind = classify_plain(word);
    }
    push(kind, start, pos_);
  }

  static TokenKind classify_plain(std::string_view word) {
    if (is_integer(word)) return TokenKind::integer;
    if (is_float(word)) return TokenKind::floating;
    return word[0] >= 'a' && word[0] <= 'z' ? TokenKind::keyword : TokenKind::reserved;
  }

  std::string_view text_;
  size_t pos_ = 0;
  TokenList list_;
  std::vector<uint32_t> open_;    // indices of lparens not yet closed
  uint32_t annotation_depth_ = 0; // parentheses open in the annotation that we are in
  size_t bad_string_at_ = 0;
  std::string bad_string_;
};

} // namespace

bool is_id_char(char c) noexcept { return id_chars[static_cast<unsigned char>(c)]; }

TokenList tokenize(std::string_view text) { return Lexer(text).run(); }

std::string decode_string(std::string_view literal) {
  std::string out;
  for (size_t i = 1; i + 1 < literal.size();) {
    if (literal[i] != '\\') {
      out.push_back(literal[i++]);
      continue;
    }
    char c = literal[i + 1];
    if (c == 'u') {
      uint32_t value = 0;
      for (i += 3; literal[i] != '}'; ++i)
        if (literal[i] != '_') value = value << 4 | static_cast<uint32_t>(hex_digit(literal[i]));
      append_utf8(out, value);
      ++i;
    } else if (hex_digit(c) >= 0) {
      out.push_back(static_cast<char>(hex_digit(c) << 4 | hex_digit(literal[i + 2])));
      i += 3;
    } else {
      out.push_back(c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c);
      i += 2;
    }
  }
  return out;
}

std::string decode_id(std::string_view literal) {
  return literal[1] == '"' ? decode_string(literal.substr(1)) : std::string(literal.substr(1));
}

Position position_at(std::string_view text, size_t offset) noexcept {
  Position position;
  for (size_t i = 0; i < offset && i < text.size(); ++i) {
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
