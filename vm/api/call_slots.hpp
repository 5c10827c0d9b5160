// Converts a call's arguments and results to slots and back.
#pragma once

#include "skerry/error.hpp"
#include "skerry/types.hpp"
#include "vm/runtime/store.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace skerry {

/// Checks that the call has one argument for each parameter, and that each argument has its parameter's type.
/// Errors: usage.
Result<void> check_arguments(const vm::Store& store, const vm::CanonicalType& type,
                             std::span<const Value> args);
/// Writes the values to slots. check_arguments must have accepted the values.
void store_values(std::span<const Value> values, uint64_t* slots);
/// Reads values of these types from slots. Errors: limit, which is possible only for references.
Result<std::vector<Value>> load_values(vm::Store& store, const vm::TypeList& types, const uint64_t* slots);

} // namespace skerry
