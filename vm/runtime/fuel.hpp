// Fuel: how many instructions a store may still execute (docs: skerry/store.hpp).
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

/// `instructions` are left from now on, also when called by a host function of the running call.
void set_fuel(Store& store, uint64_t instructions) noexcept;
uint64_t fuel_used(const Store& store) noexcept;
/// Takes fuel for work that the host does. False, and nothing left, when there was less.
bool consume_fuel(Store& store, uint64_t instructions) noexcept;

} // namespace skerry::vm
