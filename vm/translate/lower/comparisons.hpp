// Comparisons: inverted in place, and fused with the branch that reads them.
#pragma once

#include "vm/translate/lower/context.hpp"

namespace skerry::vm {

bool is_int_compare(Opcode op);
/// Returns the comparison that gives the same result for swapped operands.
Opcode swapped(Opcode op);

/// Inverts a comparison in place: not (a < b) becomes a >= b. Returns false if that is not possible.
bool invert_comparison(LoweringContext& cx, StackEntry entry);
/// Replaces a comparison by a branch on that comparison. Returns false if the condition is not a comparison.
/// The caller sets the label.
bool fuse_condition(LoweringContext& cx, StackEntry condition, bool negate);
/// Fuses i += step; if (i < end) goto loop into one operation. The branch is the last operation.
void fuse_count(LoweringContext& cx);

} // namespace skerry::vm
