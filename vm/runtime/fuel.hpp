// Fuel: the number of instructions that a store may still execute (documented in skerry/store.hpp).
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

/// Sets the fuel that is left from now on, even if a host function of the running call does it.
void set_fuel(Store& store, uint64_t instructions) noexcept;
uint64_t fuel_used(const Store& store) noexcept;
/// Takes fuel for work of the host. If there is less, takes all of it and returns false.
bool consume_fuel(Store& store, uint64_t instructions) noexcept;

} // namespace skerry::vm
