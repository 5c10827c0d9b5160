// Lowers instructions on globals, constants that need an operation, and `select`.
#pragma once

#include "vm/isa/instruction.hpp"
#include "vm/translate/lower/context.hpp"

namespace skerry::vm {

void lower_global_get(LoweringContext& cx, uint32_t index);
void lower_global_set(LoweringContext& cx, uint32_t index);
/// Lowers any instruction of OpClass::constant.
void lower_constant(LoweringContext& cx, const Instruction& instr);
void lower_select(LoweringContext& cx);

} // namespace skerry::vm
