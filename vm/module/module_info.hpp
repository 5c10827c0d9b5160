// What the public API tells of a valid module: its imports and exports with their types.
#pragma once

#include "skerry/error.hpp"
#include "vm/module/module.hpp"

namespace skerry::vm {

/// Indices of the exports, sorted by name.
std::vector<uint32_t> sort_exports(const Module& module);

/// Fills import_infos and export_infos of a module whose indices have been checked. Error: limit, when all
/// these types together are too large (every one is a copy).
Result<void> describe_externs(Module& module);

/// The type of an entity, with canonical ids for concrete heap types.
ExternType extern_type(const Module& module, ExternKind kind, uint32_t index);

} // namespace skerry::vm
