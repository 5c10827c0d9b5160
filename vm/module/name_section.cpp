#include "vm/module/name_section.hpp"

#include "vm/base/byte_reader.hpp"

#include <algorithm>

namespace skerry::vm {

namespace {

constexpr uint8_t module_subsection = 0;
constexpr uint8_t function_subsection = 1;

/// Decodes a name map: a vec of function indices, which must increase, each with a name.
void decode_name_map(ByteReader& reader, size_t functions, LoadWatch& watch,
                     std::vector<NameSection::Function>& names) {
  const uint32_t count = reader.leb_u32();
  names.reserve(std::min({size_t{count}, functions, reader.remaining() / 2}));
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    const uint64_t start = reader.offset();
    const uint32_t index = reader.leb_u32();
    const std::string_view name = reader.name();
    if (!reader.ok() || index >= functions || (!names.empty() && index <= names.back().index)) return;
    if (!watch.spend(reader.offset() - start)) return;
    names.push_back({index, name});
  }
}

} // namespace

NameSection decode_name_section(std::span<const std::byte> bytes, size_t functions, LoadWatch& watch) {
  NameSection names;
  ByteReader reader(bytes);
  while (reader.ok() && !reader.at_end()) {
    const uint8_t id = reader.u8();
    ByteReader content = reader.sub_reader(reader.leb_u32(), "unexpected end");
    if (!reader.ok()) break;
    if (id == module_subsection) names.module = content.name();
    if (id == function_subsection && names.functions.empty())
      decode_name_map(content, functions, watch, names.functions);
  }
  return names;
}

} // namespace skerry::vm
