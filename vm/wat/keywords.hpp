// The words of the text format and the script language.
#pragma once

#include "vm/isa/opcode.hpp"

#include <string_view>

namespace skerry::vm::wat {

/// The first row of opcodes.def with this text (`select`, `ref.test` and `ref.cast` have two).
/// Opcode::invalid if there is none.
Opcode find_instruction(std::string_view text) noexcept;

/// Returns whether the text format or the script language uses this word anywhere. Other words are an
/// "unknown operator"; a known word at a wrong place is an "unexpected token".
bool is_known_keyword(std::string_view word) noexcept;

} // namespace skerry::vm::wat
