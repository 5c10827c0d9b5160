// Which operands an operation reads when it runs, for traces.
#pragma once

#include "vm/code/function_text.hpp"
#include "vm/module/canonical_type.hpp"
#include "vm/translate/ir.hpp"

#include <vector>

namespace skerry::vm {

/// Returns the slots and registers that the operation reads. For a call, `callee` is the type of the called
/// function; the slots of its arguments are then included. Null stands for a callee that is not known before
/// the code runs.
std::vector<ReadOperand> operand_reads(const Ir& ir, const CanonicalType* callee);

} // namespace skerry::vm
