// First pass over a module: which index spaces it has and what their members are called, so that the second
// pass can resolve names that are defined further down.
#pragma once

#include "vm/wat/cursor.hpp"
#include "vm/wat/module_context.hpp"

namespace skerry::vm::wat {

/// The cursor stands at the first field. Skips what it does not understand: the second pass reports that.
/// Errors: a name defined twice.
void collect_names(Cursor cursor, ModuleContext& context, std::optional<Error>& error);

/// The index space of "func", "table", "memory", "global" or "tag", the kinds that can be imported; null
/// else.
IndexSpace* find_space(ModuleContext& context, std::string_view keyword);

} // namespace skerry::vm::wat
