// Import matching: whether an item has a type that an import accepts (spec §3.3.11 "External Types").
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

/// `want` is the import's type in the module. `have` is the item's type, with its current size as the
/// minimum.
bool matches(const Limits& have, const Limits& want);
/// Concrete heap types in `have` and `want` must be canonical ids.
bool matches(const TypeRegistry& types, const TableType& have, const TableType& want);
bool matches(const MemoryType& have, const MemoryType& want);
bool matches(const TypeRegistry& types, const GlobalType& have, const GlobalType& want);

} // namespace skerry::vm
