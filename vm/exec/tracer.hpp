// Traces: passes one line of text to Config::trace for each instruction that is about to run.
//
// Handlers have no unwind tables, so no exception may reach a handler. If memory for a line is missing, the
// line is left out.
#pragma once

#include "vm/runtime/suspension.hpp"

namespace skerry::vm {

/// Returns a Suspension in which the tracing handler must save its registers, as if the call were suspended.
/// Returns null if the store is no longer traced.
Suspension* traced_registers(Store& store) noexcept;
/// Passes the line of the next instruction to Config::trace. The pc that the tracing handler has saved must
/// point to the layout::Count before the instruction.
void trace(Store& store) noexcept;

} // namespace skerry::vm
