// Slow paths around the handlers: what happens when a call begins, fails, or ends its slice of fuel.
//
// Handlers have no unwind tables, so no exception may reach one. Every function here is noexcept and reports
// in store.error that memory ran out.
#pragma once

#include "vm/exec/frame_walk.hpp"
#include "vm/runtime/suspension.hpp"

#include <cstddef>

namespace skerry::vm {

/// The number of slots in the bridge below a frame of another instance (vm/exec/call_handlers.cpp).
inline constexpr uint64_t bridge_slots = 4;

/// Translates the function, or takes the code that another instance of its module already has. Allocates the
/// value stack if there is none. Returns false on failure, with the reason in store.error.
bool make_callable(Store& store, FuncInstance& f) noexcept;
/// Calls a host function, unless the call must stop now. `caller` is null if the host itself calls. Returns
/// false on failure, with the reason in store.error.
bool invoke_host(const FuncInstance& f, Store& store, ModuleInstance* caller, uint64_t* slots) noexcept;
/// Returns false, with the error in store.error that another call of the store is suspended.
bool refuse_beside_suspended(Store& store) noexcept;

/// Gives its first slice of fuel to a call that begins or resumes.
void first_slice(Store& store) noexcept;
/// Checks interrupt and deadline, and cuts the next slice, which holds fuel for at least `needed`
/// instructions. The caller must have saved `run`; the positions in it may change because the value stack may
/// move. Returns why the call must end, or none.
ErrorCode next_slice(Store& store, int64_t needed = 0) noexcept;

/// Returns where to save a call that stops because fuel ran out, with the fuel that it has left or owes.
/// Returns null if the call cannot stop and must fail. If store.error is then set, the reason is missing
/// memory.
Suspension* suspend_for_fuel(Store& store, ErrorCode code) noexcept;
/// Does the same for a call that stops because its host function asked for it. The caller must give back the
/// fuel of the call instruction. Returns null if no host function asked.
Suspension* suspend_for_host(Store& store) noexcept;

/// Ends the call with a trap of the instruction at run.pc: charges the instructions executed since the last
/// charge, and sets store.error. If there was not enough fuel to get that far, the call ends for that reason
/// instead, or is to be suspended and will trap when it is resumed. The error omits the details for which
/// there is no memory.
Suspension* end_with_trap(Store& store, ErrorCode code) noexcept;
/// Ends the call at run.pc, where everything has been charged. `code` is the reason; if there is no code,
/// store.error already holds it. The error omits the details for which there is no memory, but is always set.
void end_call(Store& store, ErrorCode code) noexcept;

} // namespace skerry::vm
