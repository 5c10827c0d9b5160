// Numeric instructions: moves constants to the right, inverts comparisons in place, and folds shifts into
// additions.
#pragma once

#include "vm/translate/lower/context.hpp"

#include <string_view>

namespace skerry::vm {

/// Lowers any numeric instruction.
void lower_numeric(LoweringContext& cx, Opcode op);
// The same if the signature is known. These instructions need not have the signature of their opcode.
void lower_unary(LoweringContext& cx, Opcode op, std::string_view signature);
void lower_binary(LoweringContext& cx, Opcode op, std::string_view signature);
void lower_ternary(LoweringContext& cx, Opcode op, std::string_view signature);

} // namespace skerry::vm
