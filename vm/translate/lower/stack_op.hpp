// Lowers instructions to `stack_op`, if their operands and results must be in canonical slots because their
// handlers are not specialized for other places.
#pragma once

#include "vm/translate/lower/context.hpp"

#include <cstdint>
#include <initializer_list>

namespace skerry::vm {

/// Lowers `op` to an operation that pops `pops` operands and pushes `results`. The operands are in
/// consecutive slots. The results replace them: the first result is in the slot of the first operand, and the
/// others follow. `first` and `second` are the immediates of `op`; `first` has at most 32 bits.
void lower_stack_op(LoweringContext& cx, Opcode op, uint32_t pops, std::initializer_list<OperandType> results,
                    uint64_t first, uint64_t second = 0);

} // namespace skerry::vm
