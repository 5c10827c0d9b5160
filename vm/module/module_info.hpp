// The types of a valid module's imports, exports and other items, for the public API.
#pragma once

#include "skerry/error.hpp"
#include "vm/module/module.hpp"

namespace skerry::vm {

/// Checks that the types of all imports and exports together are small enough to list. Errors: limit.
Result<void> check_extern_types(const Module& module);

/// The type of an item of a valid module. Its concrete heap types are canonical ids.
ExternType extern_type(const Module& module, ExternKind kind, uint32_t index);

FuncType func_type_of(const CanonicalType& type);

} // namespace skerry::vm
