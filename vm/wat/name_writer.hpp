// Writes the identifiers of a text as a name section, which backtraces and the printer use.
#pragma once

#include "vm/base/byte_writer.hpp"
#include "vm/wat/module_context.hpp"

#include <optional>
#include <span>
#include <string>

namespace skerry::vm::wat {

/// The name of a local or a label. Lists of them are sorted by function and index.
struct LocalName {
  uint32_t func_index;
  IndexSpace::Named local;
};

/// Names that are not in the ModuleContext.
struct NameSource {
  const std::optional<std::string>& module;
  std::span<const LocalName> locals, labels;
};

/// Writes the custom section "name" (spec §7.6.1 and the extended name section proposal). Writes nothing if
/// the module has no names.
void write_name_section(ByteWriter& out, const ModuleContext& context, const NameSource& names);

} // namespace skerry::vm::wat
