// ModuleSections: the sections of a module in binary format, which the parser fills in the order of the text.
#pragma once

#include "vm/base/byte_writer.hpp"
#include "vm/wat/custom_section.hpp"
#include "vm/wat/module_context.hpp"
#include "vm/wat/name_writer.hpp"
#include "vm/wat/text_places.hpp"

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
  const uint32_t* field = nullptr; // if not null, the offset in the text of the field that is being parsed
  std::vector<TextPlace> places;   // empty if `field` is null
  ByteWriter& entry() {
    ++count;
    if (field != nullptr) note(*field);
    return bytes;
  }
  /// Notes that the bytes that follow come from the text at offset `text`.
  void note(uint32_t text) {
    if (field != nullptr) places.push_back({static_cast<uint32_t>(bytes.size()), text});
  }
};

struct ModuleSections {
  Section imports, functions, tables, memories, tags, globals, exports, elems, codes, datas;
  std::optional<uint32_t> start;
  uint32_t start_place = 0;          // offset in the text of the field `start`
  std::vector<uint32_t> body_starts; // offsets of the function bodies in `codes`
  std::vector<CustomSection> customs;
  uint32_t field = 0; // offset in the text of the field that is being parsed

  /// Makes the sections keep the places from which their bytes come.
  void keep_places();
  /// Returns the module's bytes. Frees each section after it has been written. Writes a name section only if
  /// `names` has a value. Fills `places` unless it is null.
  std::vector<std::byte> assemble(ModuleContext& context, const std::optional<NameSource>& names,
                                  TextPlaces* places);

private:
  uint64_t size(const ModuleContext& context) const; // estimated size of the module
  void write_bodies(ByteWriter& out, TextPlaces* places);
  void write_customs(ByteWriter& out, uint32_t before);
  size_t customs_written_ = 0;
};

} // namespace skerry::vm::wat
