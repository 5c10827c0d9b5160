// Tokens of the text format (spec §6.2.2).
#pragma once

#include <cstdint>

namespace skerry::vm::wat {

enum class TokenKind : uint8_t {
  eof,
  lparen,
  rparen,
  keyword,  // starts with a lower-case letter; also offset=…, nan:…
  id,       // $name or $"name"
  string,   // with its quotes; its escapes are well-formed
  integer,  // with sign and underscores; well-formed
  floating, // with sign and underscores; also inf, nan and nan:0x…
  reserved, // anything else that the token grammar admits
  error,    // malformed text: see Lexer::error; the next token is eof
};

/// A token: its kind, and its range of bytes in the text.
struct Token {
  TokenKind kind = TokenKind::eof;
  bool is_annotated = false; // a `(@name …)` or `(@custom …)` stands between the token before and this one
  uint32_t begin = 0, end = 0;
};

} // namespace skerry::vm::wat
