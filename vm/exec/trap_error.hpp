// The errors of traps that say with which numbers they came about.
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

/// The error of a trap at store.run.pc, whose instruction is at `module_offset`. An access out of bounds says
/// where, of how many bytes, and how large the memory is. `run.detail` and the operands must be as the
/// handler left them.
Error trap_error(const Store& store, ErrorCode code, uint32_t module_offset);

} // namespace skerry::vm
