// The errors of traps that say with which numbers they came about.
#pragma once

#include "vm/runtime/store.hpp"

#include <optional>

namespace skerry::vm {

/// The error of a trap at store.run.pc, whose instruction is at `location`. An access out of bounds says
/// where, of how many bytes, and how large the memory is, when the location is known. `run.detail` and the
/// operands must be as the handler left them.
Error trap_error(const Store& store, ErrorCode code, const std::optional<CodeLocation>& location);

} // namespace skerry::vm
