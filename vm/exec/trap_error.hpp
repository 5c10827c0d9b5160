// Makes the errors of traps. Their messages state the numbers that caused the trap, such as an address.
#pragma once

#include "vm/runtime/store.hpp"

#include <optional>

namespace skerry::vm {

/// Returns the error of a trap at store.run.pc. `location` is the location of the trapping instruction, or
/// empty if the location is not known. If the location is known, the error of an out-of-bounds access states
/// the address and the size of the access, and the size of the memory. run.detail and the operands must be as
/// the handler left them.
Error trap_error(const Store& store, ErrorCode code, const std::optional<CodeLocation>& location);

} // namespace skerry::vm
