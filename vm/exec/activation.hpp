// Slow paths that handlers and invoke() call when a call begins, fails or is suspended, or when its slice of
// fuel is used up. A slice is the part of the fuel that a call may use between two checks of the deadline.
//
// Handlers have no unwind tables, so no exception may reach a handler. Every function here is therefore
// noexcept. If memory runs out, the function puts an out-of-memory error in store.error.
#pragma once

#include "vm/exec/frame_walk.hpp"
#include "vm/runtime/suspension.hpp"

#include <cstddef>

namespace skerry::vm {

/// The number of slots in a bridge. A bridge lies directly below the frame of a function that was called by
/// another instance (vm/exec/call_handlers.cpp).
inline constexpr uint64_t bridge_slots = 4;

/// Makes `f` ready to be called: allocates the value stack if the store has none, and translates the function
/// unless its module already has the code. Returns false on failure, with the reason in store.error.
bool make_callable(Store& store, FuncInstance& f) noexcept;
/// Calls a host function. If the deadline has passed or an interrupt is requested, fails without calling the
/// function. `caller` is null if the embedder calls the function directly. Returns false on failure, with the
/// reason in store.error.
bool invoke_host(const FuncInstance& f, Store& store, ModuleInstance* caller, uint64_t* slots) noexcept;
/// Sets store.error to the error that another call of the store is suspended. Returns false.
bool refuse_beside_suspended(Store& store) noexcept;

/// Gives a call that begins or resumes its first slice of fuel.
void first_slice(Store& store) noexcept;
/// Checks the interrupt flag and the deadline, then takes the next slice from the store's fuel. The slice
/// holds fuel for at least `needed` instructions. The caller must have saved store.run, and must reload it,
/// because the value stack may move. Returns ErrorCode::none, or the reason why the call must end.
ErrorCode next_slice(Store& store, int64_t needed = 0) noexcept;

/// Suspends a call that stops for the reason `code`, if the reason is out_of_fuel and the call may be
/// suspended. Returns the Suspension, in which the caller must save the handler's state. The Suspension
/// already holds the fuel that the call has left or owes. Returns null if the call must fail instead.
/// store.error is then set only if memory for the Suspension was missing.
Suspension* suspend_for_fuel(Store& store, ErrorCode code) noexcept;
/// If a host function asked for a suspension, suspends the store's running call and returns its Suspension;
/// otherwise returns null. After a suspension, the handler that called this function must save its state in
/// the Suspension. It must also give back the fuel that its call instruction paid, because that instruction
/// runs again when the call is resumed.
Suspension* suspend_for_host(Store& store) noexcept;

/// Ends the call with a trap of the instruction at run.pc. Charges the instructions executed since the last
/// charge, and sets store.error; returns null.
///
/// If the fuel does not cover the charge, the call runs out of fuel before the trap. If the call can be
/// suspended, the function then returns its Suspension, and the call traps after it is resumed. Otherwise
/// store.error is out_of_fuel, and the function returns null. If memory is short, the error has fewer
/// details.
Suspension* end_with_trap(Store& store, ErrorCode code) noexcept;
/// Ends the running call at the instruction run.pc. The function charges no fuel: all executed instructions
/// must already have been charged (otherwise use end_with_trap). `code` is the reason. If `code` is
/// ErrorCode::none, store.error already holds the reason. If memory is short, the error has fewer details,
/// but it is always set.
void end_call(Store& store, ErrorCode code) noexcept;

} // namespace skerry::vm
