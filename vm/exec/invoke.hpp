// invoke(): calls a function through the interpreter.
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

/// Runs `func`, or resumes the suspended call of `func` if the store has one. `slots` holds the arguments and
/// receives the results; a v128 takes two slots. Returns false if the call failed, with the reason in
/// store.error. Calls inside the guest do not use the native stack, so a guest cannot overflow it.
bool invoke(Store& store, FuncInstance& func, uint64_t* slots) noexcept;

} // namespace skerry::vm
