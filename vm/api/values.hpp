// Checks values from the embedder: whether they have the expected type and belong to the store.
#pragma once

#include "skerry/error.hpp"
#include "skerry/types.hpp"
#include "vm/runtime/store.hpp"

namespace skerry {

/// `want` has canonical heap types. Errors: usage.
Result<void> check_value(const vm::Store& store, const Value& value, ValType want);

/// The type of the object that a non-null reference points to. Concrete heap types are canonical ids.
ValType type_of_reference(uint64_t bits);

/// The slot for a reference, which must be of the store and of a type that matches `want`. Errors: usage.
Result<uint64_t> slot_of(const vm::Store& store, const Ref& ref, ValType want);
/// Returns the slot for a reference of any type.
Result<uint64_t> slot_of(const vm::Store& store, const Ref& ref) noexcept;

/// A value from slots. Errors: limit, for references only.
Result<Value> value_of(vm::Store& store, ValType type, const uint64_t* slots);

Error usage_error(std::string message);

} // namespace skerry
