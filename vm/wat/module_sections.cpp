#include "vm/wat/module_sections.hpp"

#include "vm/module/section_id.hpp"

#include <array>
#include <bit>
#include <string_view>

namespace skerry::vm::wat {

namespace {

/// Returns the number of bytes of `value` as a LEB128 number.
uint64_t leb_size(uint64_t value) { return (static_cast<uint64_t>(std::bit_width(value | 1)) + 6) / 7; }

void begin_section(ByteWriter& out, SectionId id, uint64_t size) {
  out.u8(static_cast<uint8_t>(id));
  out.leb_u64(size);
}

/// Writes a section whose content is a vector, and frees `entries`.
void write_vector(ByteWriter& out, SectionId id, uint32_t count, ByteWriter& entries) {
  if (count == 0) return;
  begin_section(out, id, leb_size(count) + entries.size());
  out.leb_u32(count);
  out.bytes(entries.view());
  entries = {};
}
void write_section(ByteWriter& out, SectionId id, Section& section) {
  write_vector(out, id, section.count, section.bytes);
}
void write_number(ByteWriter& out, SectionId id, uint32_t value) {
  begin_section(out, id, leb_size(value));
  out.leb_u32(value);
}

} // namespace

uint64_t ModuleSections::size(const ModuleContext& context) const {
  uint64_t size =
      context.type_section.size() + body_starts.size() * 2 + 1000; // sizes of long bodies take more
  for (const Section* section :
       {&imports, &functions, &tables, &memories, &tags, &globals, &exports, &elems, &codes, &datas})
    size += section->bytes.size();
  return size;
}

std::vector<std::byte> ModuleSections::assemble(ModuleContext& context,
                                                const std::optional<NameSource>& names) {
  ByteWriter out;
  out.reserve(size(context));
  out.text(std::string_view("\0asm\1\0\0\0", 8));
  write_vector(out, SectionId::type, context.type_groups, context.type_section);
  write_section(out, SectionId::import, imports);
  write_section(out, SectionId::function, functions);
  write_section(out, SectionId::table, tables);
  write_section(out, SectionId::memory, memories);
  write_section(out, SectionId::tag, tags);
  write_section(out, SectionId::global, globals);
  write_section(out, SectionId::export_, exports);
  if (start) write_number(out, SectionId::start, *start);
  write_section(out, SectionId::elem, elems);
  if (context.uses_data_count && datas.count != 0) write_number(out, SectionId::data_count, datas.count);
  write_bodies(out);
  write_section(out, SectionId::data, datas);
  if (names) write_name_section(out, context, names->module_name, names->locals);
  return out.take();
}

/// Writes the code section: the size of each body, then the body.
void ModuleSections::write_bodies(ByteWriter& out) {
  if (body_starts.empty()) return;
  const auto bytes = std::span(codes.bytes.view());
  const auto size_of = [&](size_t body) {
    const size_t end = body + 1 < body_starts.size() ? body_starts[body + 1] : bytes.size();
    return end - body_starts[body];
  };
  uint64_t size = leb_size(body_starts.size()) + bytes.size();
  for (size_t i = 0; i < body_starts.size(); ++i) size += leb_size(size_of(i));
  begin_section(out, SectionId::code, size);
  out.leb_u64(body_starts.size());
  for (size_t i = 0; i < body_starts.size(); ++i) out.sized(bytes.subspan(body_starts[i], size_of(i)));
  codes.bytes = {};
}

} // namespace skerry::vm::wat
