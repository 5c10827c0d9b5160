// Tokens of the text format (spec §6.3).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::vm::wat {

enum class TokenKind : uint8_t {
  eof,
  lparen,
  rparen,
  keyword,  // starts with a lower-case letter; also offset=…, nan:…
  id,       // $name or $"name"
  string,   // with its quotes; escapes are known to be right
  integer,  // with sign and underscores; well-formed
  floating, // likewise; inf, nan and nan:0x… too
  reserved, // anything else that the token grammar admits
  error,    // the text cannot be split further: see TokenList::error
};

struct Token {
  TokenKind kind = TokenKind::eof;
  uint32_t begin = 0, end = 0; // byte range of the text
  uint32_t close = 0;          // lparen: index of the rparen that belongs to it, or of the final eof/error
};

/// `(@name …)`. Not among the ordinary tokens, because it may stand between any two of them.
struct Annotation {
  std::string name;
  uint32_t before = 0;                  // index of the ordinary token that follows
  uint32_t begin = 0, end = 0;          // byte range of the text, parentheses included
  uint32_t first_token = 0, tokens = 0; // its contents, in TokenList::annotation_tokens
};

/// A text split into tokens. The last one is `eof`, or `error` and then `eof`.
struct TokenList {
  std::string_view text;
  std::vector<Token> tokens;
  std::vector<Annotation> annotations; // in text order; nested ones are dropped
  std::vector<Token> annotation_tokens;
  std::string error; // message of the error token

  std::string_view spelling(const Token& token) const {
    return text.substr(token.begin, token.end - token.begin);
  }
};

} // namespace skerry::vm::wat
