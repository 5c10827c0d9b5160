// Writes the text's identifiers as a name section, for backtraces and for printing the module again.
#pragma once

#include "vm/base/byte_writer.hpp"
#include "vm/wat/module_context.hpp"

#include <optional>
#include <span>
#include <string>

namespace skerry::vm::wat {

/// The name of a local. Locals are listed by function and index.
struct LocalName {
  uint32_t func_index;
  IndexSpace::Named local;
};

/// Writes the custom section "name" (spec §7.6.1 and the extended name section proposal). Writes nothing if
/// the module has no names.
void write_name_section(ByteWriter& out, const ModuleContext& context,
                        const std::optional<std::string>& module, std::span<const LocalName> locals);

} // namespace skerry::vm::wat
