// Lowers comparisons: inverts them in place, and fuses them with the branch that reads the result.
#pragma once

#include "vm/translate/lower/context.hpp"

namespace skerry::vm {

bool is_int_compare(Opcode op);
/// Returns the comparison that gives the same result for swapped operands: `i32.gt_s` for `i32.lt_s`.
Opcode swapped(Opcode op);

/// If the last operation is an integer comparison that computes `entry`, inverts it in place (for example,
/// `<` becomes `>=`) and pushes the inverted result. Else returns false.
bool invert_comparison(LoweringContext& cx, StackEntry entry);
/// Fuses the comparison, zero test or bit test that computes `condition` into a branch: removes that
/// operation, and emits a branch that does the test itself. The branch is taken if the condition holds or,
/// with `negate`, if the condition does not hold. The caller sets the label. If `condition` is not computed
/// by such an operation, or the operation can no longer be removed, returns false and changes nothing.
bool fuse_condition(LoweringContext& cx, StackEntry condition, bool negate);
/// Fuses the end of a counting loop, `i += step; if (i < end) goto loop`, into one count_branch. The last
/// operation must be the branch to the loop's start. Does nothing if the branch, or the operation before it,
/// does not have this form.
void fuse_count(LoweringContext& cx);

} // namespace skerry::vm
