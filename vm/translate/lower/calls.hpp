// Calls: arguments are flushed to their slots, at which the callee's frame begins.
#pragma once

#include "vm/isa/instruction.hpp"
#include "vm/translate/lower/context.hpp"

namespace skerry::vm {

// After a tail call, the caller lowers a return: a host function's results are returned by it.
void lower_direct_call(LoweringContext& cx, uint32_t index, bool is_tail);
void lower_indirect_call(LoweringContext& cx, const Instruction& instr, bool is_tail);
void lower_ref_call(LoweringContext& cx, const Instruction& instr, bool is_tail);

} // namespace skerry::vm
