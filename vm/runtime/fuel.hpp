// Fuel: the number of instructions that a store may still execute (documented in skerry/store.hpp).
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

/// Sets the fuel that is left now. A host function may do this during the running call.
void set_fuel(Store& store, uint64_t instructions) noexcept;
uint64_t fuel_used(const Store& store) noexcept;
/// Takes fuel for the work of a host function. If less than `instructions` is left, takes all that is left
/// and returns false. In a call that may be suspended, the fuel becomes negative instead, and consume_fuel
/// returns true.
bool consume_fuel(Store& store, uint64_t instructions) noexcept;

} // namespace skerry::vm
