#include "vm/wat/name_writer.hpp"

namespace skerry::vm::wat {

namespace {

using NameMap = std::vector<std::pair<uint32_t, std::string>>;

void write_name_map(ByteWriter& out, const NameMap& names) {
  out.leb_u64(names.size());
  for (const auto& [index, name] : names) {
    out.leb_u32(index);
    out.name(name);
  }
}

void write_subsection(ByteWriter& out, uint8_t id, const ByteWriter& content) {
  out.u8(id);
  out.sized(content.view());
}

void write_names(ByteWriter& out, uint8_t id, const IndexSpace& space) {
  if (space.named().empty()) return;
  ByteWriter content;
  write_name_map(content, space.named());
  write_subsection(out, id, content);
}

void write_local_names(ByteWriter& out, uint8_t id, const std::vector<LocalNames>& locals) {
  ByteWriter functions;
  uint32_t count = 0;
  for (const LocalNames& function : locals) {
    if (function.names.empty()) continue;
    ++count;
    functions.leb_u32(function.func_index);
    write_name_map(functions, function.names);
  }
  if (count == 0) return;
  ByteWriter content;
  content.leb_u32(count);
  content.bytes(functions.view());
  write_subsection(out, id, content);
}

} // namespace

void write_name_section(ByteWriter& out, const ModuleContext& context,
                        const std::optional<std::string>& module, const std::vector<LocalNames>& locals) {
  ByteWriter content;
  if (module) {
    ByteWriter name;
    name.name(*module);
    write_subsection(content, 0, name);
  }
  write_names(content, 1, context.funcs);
  write_local_names(content, 2, locals);
  write_names(content, 4, context.types);
  write_names(content, 5, context.tables);
  write_names(content, 6, context.memories);
  write_names(content, 7, context.globals);
  write_names(content, 8, context.elems);
  write_names(content, 9, context.datas);
  write_names(content, 11, context.tags);
  if (content.size() == 0) return;
  ByteWriter section;
  section.name("name");
  section.bytes(content.view());
  out.u8(0);
  out.sized(section.view());
}

} // namespace skerry::vm::wat
