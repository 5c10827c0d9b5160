// Lowers instructions on references and tables, and the bulk memory instructions.
#pragma once

#include "vm/isa/instruction.hpp"
#include "vm/translate/lower/context.hpp"

namespace skerry::vm {

/// Lowers the instruction. Returns false if it is not a reference, table or bulk memory instruction.
[[nodiscard]] bool lower_reference_or_bulk(LoweringContext& cx, const Instruction& instr);

} // namespace skerry::vm
