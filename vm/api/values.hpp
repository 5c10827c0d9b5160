// Checks values from the embedder: whether they have the expected type and belong to the store.
#pragma once

#include "skerry/error.hpp"
#include "skerry/types.hpp"
#include "vm/runtime/store.hpp"

namespace skerry {

/// `want` has canonical heap types. Errors: usage.
Result<void> check_value(const vm::Store& store, const Value& value, ValType want);

/// The type of the object that a non-null reference points to. Concrete heap types are canonical ids.
ValType type_of_reference(Ref ref);

Error usage_error(std::string message);

} // namespace skerry
