// Lowers lane instructions, and the vector loads and stores that consist of simpler instructions.
#pragma once

#include "vm/isa/instruction.hpp"
#include "vm/translate/lower/context.hpp"

namespace skerry::vm {

/// Lowers any instruction of OpClass::simd_lane.
void lower_lane(LoweringContext& cx, const Instruction& instr);

} // namespace skerry::vm
