// The words of the text format.
#pragma once

#include "vm/isa/opcode.hpp"

#include <string_view>

namespace skerry::vm::wat {

/// The first row of opcodes.def with this text (`select`, `ref.test` and `ref.cast` have two);
/// Opcode::invalid when there is none.
Opcode find_instruction(std::string_view text) noexcept;

/// Whether the text format or the script language has this word anywhere. Others are "unknown operator",
/// these, at a wrong place, "unexpected token".
bool is_known_keyword(std::string_view word) noexcept;

} // namespace skerry::vm::wat
