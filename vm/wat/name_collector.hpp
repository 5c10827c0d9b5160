// First pass over a module: finds the members of each index space and their names, so that the second pass
// can resolve names that are defined further down.
#pragma once

#include "vm/wat/cursor.hpp"
#include "vm/wat/module_context.hpp"

namespace skerry::vm::wat {

/// Collects names, starting at the first field. Skips fields that it cannot parse: the second pass reports
/// those. Errors: a name defined twice.
void collect_names(Cursor cursor, ModuleContext& context, std::optional<Error>& error);

/// The index space of "func", "table", "memory", "global" or "tag", the kinds that can be imported; null for
/// other words.
IndexSpace* find_space(ModuleContext& context, std::string_view keyword);

} // namespace skerry::vm::wat
