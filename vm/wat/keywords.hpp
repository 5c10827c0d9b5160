// The keywords of the text format and of the script language.
#pragma once

#include "vm/isa/opcode.hpp"

#include <string_view>

namespace skerry::vm::wat {

/// Returns the instruction with this text, or Opcode::invalid if there is none. `select`, `ref.test` and
/// `ref.cast` occur twice in opcodes.def; for them, returns the first of the two.
Opcode find_instruction(std::string_view text) noexcept;

/// Returns whether the text format or the script language uses this word anywhere. This decides between two
/// error messages: an unknown word is an "unknown operator", and a known word in a wrong place is an
/// "unexpected token".
bool is_known_keyword(std::string_view word) noexcept;

} // namespace skerry::vm::wat
