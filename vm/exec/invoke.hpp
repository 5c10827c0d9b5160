// Entry into the interpreter.
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

/// Runs a function of `store`. `slots` holds the arguments and receives the results (v128 takes two slots).
/// False when the call failed; store.error says why. Native stack use does not depend on what the guest does.
bool invoke(Store& store, FuncInstance& func, uint64_t* slots) noexcept;

} // namespace skerry::vm
