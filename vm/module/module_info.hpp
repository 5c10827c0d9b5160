// Facts about a valid module for the public API: its imports and exports with their types.
#pragma once

#include "skerry/error.hpp"
#include "vm/module/module.hpp"

namespace skerry::vm {

/// Errors: limit, if the types of all imports and exports together are too large to list.
Result<void> check_extern_types(const Module& module);

/// The type of an item of a valid module, with canonical ids as concrete heap types.
ExternType extern_type(const Module& module, ExternKind kind, uint32_t index);

FuncType func_type_of(const CanonicalType& type);

} // namespace skerry::vm
