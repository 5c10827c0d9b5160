// Tokens of the text format (spec §6.3).
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
  floating, // the same; also inf, nan and nan:0x…
  reserved, // anything else that the token grammar admits
  error,    // the text cannot be split further: see Lexer::error; eof follows
};

/// A byte range of the text.
struct Token {
  TokenKind kind = TokenKind::eof;
  uint32_t begin = 0, end = 0;
};

} // namespace skerry::vm::wat
