// Lowers instructions to `stack_op`, if their operands and results must be in canonical slots because their
// handlers are not specialized for other places.
#pragma once

#include "vm/translate/lower/context.hpp"

#include <cstdint>
#include <initializer_list>

namespace skerry::vm {

/// Pops `pops` operands and pushes `results`. Both are in consecutive slots. `first` and `second` are the
/// immediates; `first` has at most 32 bits.
void lower_stack_op(LoweringContext& cx, Opcode op, uint32_t pops, std::initializer_list<OperandType> results,
                    uint64_t first, uint64_t second = 0);

} // namespace skerry::vm
