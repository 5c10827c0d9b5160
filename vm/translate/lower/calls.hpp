// Lowers calls: flushes the arguments to their slots, at which the callee's frame begins. The arguments thus
// become the callee's parameters without being copied.
#pragma once

#include "vm/isa/instruction.hpp"
#include "vm/translate/lower/context.hpp"

namespace skerry::vm {

// If `is_tail` is true, the C++ code that calls these functions must also lower a return after the call. The
// return is necessary because a tail call of a host function runs as an ordinary call. When this call has
// ended, execution continues at the return, which returns the callee's results.
void lower_direct_call(LoweringContext& cx, uint32_t index, bool is_tail);
void lower_indirect_call(LoweringContext& cx, const Instruction& instr, bool is_tail);
void lower_ref_call(LoweringContext& cx, const Instruction& instr, bool is_tail);

} // namespace skerry::vm
