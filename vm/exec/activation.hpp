// Slow paths around the handlers: what happens when a call begins, fails, or its slice of fuel ends.
//
// Handlers have no unwind tables, so no exception may reach one: everything here is noexcept, and turns
// memory that runs out into store.error.
#pragma once

#include "vm/exec/frame_walk.hpp"
#include "vm/runtime/suspension.hpp"

#include <cstddef>

namespace skerry::vm {

/// Slots of the bridge below a frame of another instance (vm/exec/call_handlers.cpp).
inline constexpr uint64_t bridge_slots = 4;

/// Translates the function, or takes the code that another instance of its module has, and makes the value
/// stack if there is none. False: store.error.
bool make_callable(Store& store, FuncInstance& f) noexcept;
/// Calls a host function, unless it is time to stop; `caller` is null when the host itself calls. False:
/// store.error.
bool invoke_host(const FuncInstance& f, Store& store, ModuleInstance* caller, uint64_t* slots) noexcept;
/// False: store.error says that another call of the store is suspended.
bool refuse_beside_suspended(Store& store) noexcept;

/// Gives a call that begins its first slice.
void first_slice(Store& store) noexcept;
/// Looks at interrupt and deadline, cuts the next slice, which has `needed` instructions at least. `run` has
/// been saved; it may have moved with the value stack. Returns why the call must end, or none.
ErrorCode next_slice(Store& store, int64_t needed = 0) noexcept;

/// Where a call that stops for lack of fuel is to be kept, and what is left or owed of it; null when it
/// cannot stop, and must fail: for lack of memory when store.error is set.
Suspension* suspend_for_fuel(Store& store, ErrorCode code) noexcept;
/// The same for a call whose host function asked for it, after the fuel of the instruction has been given
/// back; null when none did.
Suspension* suspend_for_host(Store& store) noexcept;

/// Ends the call with a trap of the instruction at run.pc: charges what has been executed since the last
/// charge, makes store.error. When the fuel would not have lasted to there, the call ends for that reason, or
/// is to be suspended and will trap when it goes on. What there is no memory for is left out of the error.
Suspension* end_with_trap(Store& store, ErrorCode code) noexcept;
/// Ends the call at run.pc, where all has been charged, for the reason `code`, or with none for the one in
/// store.error. What there is no memory for is left out of the error; the error itself is always there.
void end_call(Store& store, ErrorCode code) noexcept;

} // namespace skerry::vm
