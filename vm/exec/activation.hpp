// Slow paths around the handlers: what happens when a call begins, fails, or its slice of fuel ends.
//
// Handlers have no unwind tables, so no exception may reach one: everything here is noexcept, and turns
// memory that runs out into store.error.
#pragma once

#include "vm/runtime/store.hpp"
#include "vm/runtime/suspension.hpp"

#include <cstddef>

namespace skerry::vm {

/// Slots of the bridge below a frame of another instance (vm/exec/call_handlers.cpp).
inline constexpr uint64_t bridge_slots = 4;

/// Where every instruction that calls has what it costs.
inline constexpr int call_charge_offset = 20;

/// Threaded code of one word: where the outermost function returns to.
const std::byte* exit_code();
/// Threaded code of one word: where a function called from another instance returns to.
const std::byte* foreign_return_code();

/// The function whose stub `pc` is.
FuncInstance* function_of_stub(const std::byte* pc);
/// Translates the function, or takes the code that another instance of its module has, and makes the value
/// stack if there is none. False: store.error.
bool make_callable(Store& store, FuncInstance& f) noexcept;
/// Calls a host function; `caller` is null when the host itself calls. False: store.error.
bool invoke_host(const FuncInstance& f, Store& store, ModuleInstance* caller, uint64_t* slots) noexcept;
/// False: store.error says that another call of the store is suspended.
bool refuse_beside_suspended(Store& store) noexcept;

/// Looks at interrupt and deadline, cuts the next slice. `run` has been saved; it may have moved with the
/// value stack. Returns why the call must end, or none.
ErrorCode next_slice(Store& store) noexcept;

/// Where a call that stops for lack of fuel is to be kept; null when it cannot stop, and must fail (with
/// store.error, where that is set).
Suspension* suspend_for_fuel(Store& store, ErrorCode code) noexcept;
/// The same for a call whose host function asked for it, after the fuel of the instruction has been given
/// back; null when none did.
Suspension* suspend_for_host(Store& store) noexcept;

/// Completes store.error for a call that ends at run.pc: backtrace, and fuel for the instructions since the
/// last charge. `charged` says that run.pc itself was paid for (calls that failed inside the callee, slice
/// ends). What there is no memory for is left out; the error itself is always there.
void finish_trap(Store& store, ErrorCode code, bool charged) noexcept;

} // namespace skerry::vm
