// Tables (spec §4.2.7).
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

/// Allocates a table (spec §4.5.3.2). The store owns it and counts it. `type` has canonical heap types.
/// Errors: limit.
Result<TableInstance*> allocate_table(Store& store, const TableType& type, uint64_t init);

} // namespace skerry::vm
