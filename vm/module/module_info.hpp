// What the public API tells of a valid module: its imports and exports with their types.
#pragma once

#include "skerry/error.hpp"
#include "vm/module/module.hpp"

namespace skerry::vm {

/// Error: limit, when the types of all imports and exports together are too large to be listed.
Result<void> check_extern_types(const Module& module);

/// The type of an entity of a valid module, with canonical ids for concrete heap types.
ExternType extern_type(const Module& module, ExternKind kind, uint32_t index);

FuncType func_type_of(const CanonicalType& type);

} // namespace skerry::vm
