// Import matching: whether an item has the type that an import requires (spec §3.3.11 "External Types").
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

/// `want` is the type in the module; `have` has the current size as its minimum.
bool matches(const Limits& have, const Limits& want);
/// The types must have canonical heap types.
bool matches(const TypeRegistry& types, const TableType& have, const TableType& want);
bool matches(const MemoryType& have, const MemoryType& want);
bool matches(const TypeRegistry& types, const GlobalType& have, const GlobalType& want);

} // namespace skerry::vm
