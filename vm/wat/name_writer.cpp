#include "vm/wat/name_writer.hpp"

namespace skerry::vm::wat {

namespace {

void write_name(ByteWriter& out, const IndexSpace::Named& named, const Names& names) {
  std::string storage;
  out.leb_u32(named.index);
  out.name(names.get(named.id, storage));
}

void write_subsection(ByteWriter& out, uint8_t id, const ByteWriter& content) {
  out.u8(id);
  out.sized(content.view());
}

void write_names(ByteWriter& out, uint8_t id, const IndexSpace& space, const Names& names) {
  const std::vector<IndexSpace::Named> shown = space.shown();
  if (shown.empty()) return;
  ByteWriter content;
  content.leb_u64(shown.size());
  for (const IndexSpace::Named& named : shown) write_name(content, named, names);
  write_subsection(out, id, content);
}

void write_local_names(ByteWriter& out, uint8_t id, std::span<const LocalName> locals, const Names& names) {
  if (locals.empty()) return;
  ByteWriter functions;
  uint32_t count = 0;
  for (size_t first = 0, end = 0; first < locals.size(); first = end, ++count) {
    while (end < locals.size() && locals[end].func_index == locals[first].func_index) ++end;
    functions.leb_u32(locals[first].func_index);
    functions.leb_u64(end - first);
    for (size_t i = first; i < end; ++i) write_name(functions, locals[i].local, names);
  }
  ByteWriter content;
  content.leb_u32(count);
  content.bytes(functions.view());
  write_subsection(out, id, content);
}

/// Returns the names of fields in the form of names of locals, with the type in place of the function.
std::vector<LocalName> field_names(const ModuleContext& context) {
  std::vector<LocalName> names;
  for (const ModuleContext::ShownField& field : context.shown_fields())
    names.push_back({field.type, {field.index, field.name, 0}});
  return names;
}

} // namespace

void write_name_section(ByteWriter& out, const ModuleContext& context, const NameSource& names) {
  ByteWriter content;
  if (names.module) {
    ByteWriter name;
    name.name(*names.module);
    write_subsection(content, 0, name);
  }
  write_names(content, 1, context.funcs, context.names);
  write_local_names(content, 2, names.locals, context.names);
  write_local_names(content, 3, names.labels, context.names);
  write_names(content, 4, context.types, context.names);
  write_names(content, 5, context.tables, context.names);
  write_names(content, 6, context.memories, context.names);
  write_names(content, 7, context.globals, context.names);
  write_names(content, 8, context.elems, context.names);
  write_names(content, 9, context.datas, context.names);
  write_local_names(content, 10, field_names(context), context.names);
  write_names(content, 11, context.tags, context.names);
  if (content.size() == 0) return;
  ByteWriter section;
  section.name("name");
  section.bytes(content.view());
  out.u8(0);
  out.sized(section.view());
}

} // namespace skerry::vm::wat
