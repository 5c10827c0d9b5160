// Comparisons: inverted in place, and fused with the branch that reads them.
#pragma once

#include "vm/translate/lower/context.hpp"

namespace skerry::vm {

bool is_int_compare(Opcode op);
/// Returns the comparison that gives the same result for swapped operands.
Opcode swapped(Opcode op);

/// If the last operation is an integer comparison that computes `entry`, inverts it in place (for example,
/// `<` becomes `>=`) and pushes the inverted result. Else returns false.
bool invert_comparison(LoweringContext& cx, StackEntry entry);
/// Fuses the comparison, zero test or bit test that computes `condition` into a branch: removes it, and emits
/// a branch that does the test itself. The branch is taken if the condition holds or, with `negate`, if it
/// does not hold. The caller sets the label. Returns false, and changes nothing, if no such operation can be
/// fused.
bool fuse_condition(LoweringContext& cx, StackEntry condition, bool negate);
/// Fuses the end of a counting loop, `i += step; if (i < end) goto loop`, into one count_branch. The last
/// operation must be a branch back. Does nothing if the operations before it do not match.
void fuse_count(LoweringContext& cx);

} // namespace skerry::vm
