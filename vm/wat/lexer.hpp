// Splits a text into tokens (spec §6.3).
#pragma once

#include "vm/wat/token.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace skerry::vm::wat {

/// Linear in the text's size; nests on a heap stack only. `text` must stay alive and be shorter than 4 GiB.
TokenList tokenize(std::string_view text);

/// The bytes that a string token means; `literal` includes the quotes and has passed the lexer.
std::string decode_string(std::string_view literal);

/// The name behind `$`: for `$"…"` its decoded string, else the characters.
std::string decode_id(std::string_view literal);

/// Whether identifiers and keywords may contain it (spec §6.3.5).
bool is_id_char(char c) noexcept;

struct Position {
  uint32_t line = 1, column = 1; // column in bytes, from 1
};
Position position_at(std::string_view text, size_t offset) noexcept;

} // namespace skerry::vm::wat
