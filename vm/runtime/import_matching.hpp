// Does what is there match what an import asks for (spec §3.3.11 "External Types")?
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

/// `want` as the module declares it; `have` with the current size as minimum.
bool matches(const Limits& have, const Limits& want);
/// Types with canonical heap types.
bool matches(const TypeRegistry& types, const TableType& have, const TableType& want);
bool matches(const MemoryType& have, const MemoryType& want);
bool matches(const TypeRegistry& types, const GlobalType& have, const GlobalType& want);

} // namespace skerry::vm
