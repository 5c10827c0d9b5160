// The keywords of the text format and of the script language.
#pragma once

#include "vm/isa/opcode.hpp"

#include <string_view>

namespace skerry::vm::wat {

/// Returns the first instruction of opcodes.def with this text, because `select`, `ref.test` and `ref.cast`
/// occur there twice. Returns Opcode::invalid if no instruction has this text.
Opcode find_instruction(std::string_view text) noexcept;

/// Returns whether the text format or the script language uses this word anywhere. This decides between two
/// error messages: an unknown word is an "unknown operator", and a known word in a wrong place is an
/// "unexpected token".
bool is_known_keyword(std::string_view word) noexcept;

} // namespace skerry::vm::wat
