// Traces: a line for each instruction that is about to run (Config::trace).
//
// Handlers have no unwind tables, so no exception may reach one. An instruction for whose line there is no
// memory is left out.
#pragma once

#include "vm/runtime/suspension.hpp"

namespace skerry::vm {

/// Returns where the handler is to save the registers, as for a suspended call. Returns null if the store is
/// not traced any more.
Suspension* traced_registers(Store& store) noexcept;
/// Passes the line of the instruction to Config::trace. Expects the saved state at what precedes the
/// instruction (layout::Count).
void trace(Store& store) noexcept;

} // namespace skerry::vm
