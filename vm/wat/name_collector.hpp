// The first pass over a module's text: finds the items of each index space and their names. The second pass
// can then resolve a name that is defined later in the text.
#pragma once

#include "vm/wat/cursor.hpp"
#include "vm/wat/module_context.hpp"

namespace skerry::vm::wat {

/// Collects the names of a module, whose first field is at `cursor`. Skips fields that it cannot parse,
/// because the second pass reports their errors. Errors: a name that is defined twice, too many items.
void collect_names(Cursor cursor, ModuleContext& context, std::optional<Error>& error);

/// Returns the index space of "func", "table", "memory", "global" or "tag", which are the kinds of imports.
/// Returns null for other words.
IndexSpace* find_space(ModuleContext& context, std::string_view keyword);

} // namespace skerry::vm::wat
