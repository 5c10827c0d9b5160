// Import matching: whether an item has a type that an import accepts (spec §3.3.16, "External Types").
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

/// Returns whether an item with the limits `have` can be imported with the limits `want`. `want` comes from
/// the import's type in the module. `have` comes from the item's type and has the item's current size as its
/// minimum.
bool matches(const Limits& have, const Limits& want);
/// Concrete heap types in `have` and `want` must be canonical ids.
bool matches(const TypeRegistry& types, const TableType& have, const TableType& want);
bool matches(const MemoryType& have, const MemoryType& want);
bool matches(const TypeRegistry& types, const GlobalType& have, const GlobalType& want);

} // namespace skerry::vm
