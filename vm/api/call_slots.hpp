// Converts a call's arguments and results to slots and back.
#pragma once

#include "skerry/error.hpp"
#include "skerry/types.hpp"
#include "vm/runtime/store.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace skerry {

/// Errors: usage, unless there is one value for each parameter and each has the parameter's type.
Result<void> check_arguments(const vm::Store& store, const vm::CanonicalType& type,
                             std::span<const Value> args);
/// The values must have been checked.
void store_values(std::span<const Value> values, uint64_t* slots);
/// Errors: limit, for references only.
Result<std::vector<Value>> load_values(vm::Store& store, const vm::TypeList& types, const uint64_t* slots);

} // namespace skerry
