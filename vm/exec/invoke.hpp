// Entry into the interpreter.
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

/// Runs a function of `store`. `slots` holds the arguments and receives the results; a v128 takes two slots.
/// Returns false if the call failed, with the reason in store.error. The use of the native stack does not
/// depend on the guest.
bool invoke(Store& store, FuncInstance& func, uint64_t* slots) noexcept;

} // namespace skerry::vm
