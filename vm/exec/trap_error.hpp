// Errors of traps that name the numbers involved.
#pragma once

#include "vm/runtime/store.hpp"

#include <optional>

namespace skerry::vm {

/// Returns the error of a trap at store.run.pc, whose instruction is at `location`. If the location is known,
/// the error of an out-of-bounds access says at which address it was, of how many bytes, and how large the
/// memory is. `run.detail` and the operands must be as the handler left them.
Error trap_error(const Store& store, ErrorCode code, const std::optional<CodeLocation>& location);

} // namespace skerry::vm
