// Instructions that work on canonical slots: no handler is specialized for the places of their operands.
#pragma once

#include "vm/translate/lower/context.hpp"

#include <cstdint>
#include <initializer_list>

namespace skerry::vm {

/// Operands and results are in consecutive slots. The first immediate has 32 bits, the second 32 or 64.
void lower_stack_op(LoweringContext& cx, Opcode op, uint32_t pops, std::initializer_list<OperandType> results,
                    uint64_t first, uint64_t second = 0);

} // namespace skerry::vm
