// Which operands an operation reads when it runs, for traces.
#pragma once

#include "vm/code/function_text.hpp"
#include "vm/module/canonical_type.hpp"
#include "vm/translate/ir.hpp"

#include <vector>

namespace skerry::vm {

/// Returns the slots and registers that the operation reads. `callee` is the type of the function that it
/// calls, or null if that is not known before it runs; its parameters are then left out.
std::vector<ReadOperand> operand_reads(const Ir& ir, const CanonicalType* callee);

} // namespace skerry::vm
