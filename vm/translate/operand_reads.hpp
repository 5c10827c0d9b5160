// Which operands an operation reads when it runs, for traces.
#pragma once

#include "vm/code/function_text.hpp"
#include "vm/module/canonical_type.hpp"
#include "vm/translate/ir.hpp"

#include <vector>

namespace skerry::vm {

/// Returns the slots and registers that the operation reads. If the operation calls a function whose type is
/// known, `callee` is this type, and the result includes the slots of the arguments. Otherwise `callee` is
/// null.
std::vector<ReadOperand> operand_reads(const Ir& ir, const CanonicalType* callee);

} // namespace skerry::vm
