// ModuleSections: the sections of a module in binary format, which the parser fills in the order of the text.
#pragma once

#include "vm/base/byte_writer.hpp"
#include "vm/wat/module_context.hpp"
#include "vm/wat/name_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace skerry::vm::wat {

/// A section whose content is a vector: `bytes` holds `count` entries.
struct Section {
  uint32_t count = 0;
  ByteWriter bytes;
  ByteWriter& entry() {
    ++count;
    return bytes;
  }
};

/// Names for the name section that are not in the ModuleContext.
struct NameSource {
  const std::optional<std::string>& module_name;
  std::span<const LocalName> locals;
};

struct ModuleSections {
  Section imports, functions, tables, memories, tags, globals, exports, elems, codes, datas;
  std::optional<uint32_t> start;
  std::vector<uint32_t> body_starts; // offsets of the function bodies in `codes`

  /// Returns the module's bytes. Frees each section after it has been written. Writes a name section only if
  /// `names` has a value.
  std::vector<std::byte> assemble(ModuleContext& context, const std::optional<NameSource>& names);

private:
  uint64_t size(const ModuleContext& context) const; // estimated size of the module
  void write_bodies(ByteWriter& out);
};

} // namespace skerry::vm::wat
