// Tables (spec §4.2.8).
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

/// Allocates a table (spec §4.7.1.4) with all elements `init`. The store owns the table and counts it.
/// Concrete heap types in `type` must be canonical ids. Errors: limit.
Result<TableInstance*> allocate_table(Store& store, const TableType& type, uint64_t init);

} // namespace skerry::vm
