// Identifiers of the text as a name section, for backtraces and for printing the module again.
#pragma once

#include "vm/base/byte_writer.hpp"
#include "vm/wat/module_context.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace skerry::vm::wat {

/// Named locals of one function, by index.
struct LocalNames {
  uint32_t func_index;
  std::vector<std::pair<uint32_t, std::string>> names;
};

/// Writes the custom section "name" (spec §7.6.1 and the extended name section proposal); nothing when the
/// module names nothing.
void write_name_section(ByteWriter& out, const ModuleContext& context,
                        const std::optional<std::string>& module, const std::vector<LocalNames>& locals);

} // namespace skerry::vm::wat
