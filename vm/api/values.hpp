// Values that the embedder hands in: are they what the type says, and of this store?
#pragma once

#include "skerry/error.hpp"
#include "skerry/types.hpp"
#include "vm/runtime/store.hpp"

namespace skerry {

/// `want` has canonical heap types. Errors: usage.
Result<void> check_value(const vm::Store& store, const Value& value, ValType want);

/// The type that a non-null reference has by what it points to; concrete heap types are canonical ids.
ValType type_of_reference(Ref ref);

Error usage_error(std::string message);

} // namespace skerry
