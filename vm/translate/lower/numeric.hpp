// Lowers numeric instructions: makes constants the right operand, inverts comparisons in place, and folds
// shifts into additions.
#pragma once

#include "vm/translate/lower/context.hpp"

namespace skerry::vm {

/// Lowers any numeric instruction.
void lower_numeric(LoweringContext& cx, Opcode op);
// For callers that know the number of operands:
void lower_unary(LoweringContext& cx, Opcode op);
void lower_binary(LoweringContext& cx, Opcode op);
void lower_ternary(LoweringContext& cx, Opcode op);

} // namespace skerry::vm
