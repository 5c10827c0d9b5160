// Checks that a value from the embedder has the expected type and belongs to the store, and converts values
// to and from slots.
#pragma once

#include "skerry/error.hpp"
#include "skerry/types.hpp"
#include "vm/runtime/store.hpp"

namespace skerry {

/// Checks that `value` has type `want` and belongs to the store. Concrete heap types in `want` are canonical
/// ids. Errors: usage.
Result<void> check_value(const vm::Store& store, const Value& value, ValType want);

/// The type of the object that a non-null reference points to. Concrete heap types are canonical ids.
ValType type_of_reference(uint64_t bits);

/// The slot for a reference. Errors: usage, if the reference belongs to another store or its type does not
/// match `want`.
Result<uint64_t> slot_of(const vm::Store& store, const Ref& ref, ValType want);
/// The slot for a reference of any type. Errors: usage, if the reference belongs to another store.
Result<uint64_t> slot_of(const vm::Store& store, const Ref& ref) noexcept;

/// Makes a value from slots. Errors: limit, which is possible only for references.
Result<Value> value_of(vm::Store& store, ValType type, const uint64_t* slots);

Error usage_error(std::string message);

} // namespace skerry
