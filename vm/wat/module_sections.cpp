#include "vm/wat/module_sections.hpp"

#include "vm/base/address.hpp"
#include "vm/module/section_id.hpp"

#include <algorithm>
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

/// Writes a section whose content is a vector, and frees `entries`. An offset that lies before the first
/// entry has a place in the text only if there are no other entries.
void write_vector(ByteWriter& out, SectionId id, uint32_t count, ByteWriter& entries,
                  const std::vector<TextPlace>& from, TextPlaces* places) {
  if (count == 0) return;
  const uint64_t start = out.size();
  begin_section(out, id, leb_size(count) + entries.size());
  out.leb_u32(count);
  if (places != nullptr) {
    places->add(start, count == 1 && !from.empty() ? from.front().text : TextPlaces::unknown);
    places->add(from, 0, entries.size(), out.size());
  }
  out.bytes(entries.view());
  entries = {};
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

void ModuleSections::keep_places() {
  for (Section* section :
       {&imports, &functions, &tables, &memories, &tags, &globals, &exports, &elems, &codes, &datas})
    section->field = &field;
}

std::vector<std::byte> ModuleSections::assemble(ModuleContext& context,
                                                const std::optional<NameSource>& names, TextPlaces* places) {
  ByteWriter out;
  out.reserve(to_size(size(context)));
  std::ranges::sort(customs, {}, [](const CustomSection& c) { return std::pair(c.place, c.order); });
  const auto write = [&](SectionId id, Section& section) {
    write_customs(out, place_after(id));
    write_vector(out, id, section.count, section.bytes, section.places, places);
  };
  out.text(std::string_view("\0asm\1\0\0\0", 8));
  write_customs(out, place_after(SectionId::type));
  write_vector(out, SectionId::type, context.type_groups, context.type_section, context.type_places, places);
  write(SectionId::import, imports);
  write(SectionId::function, functions);
  write(SectionId::table, tables);
  write(SectionId::memory, memories);
  write(SectionId::tag, tags);
  write(SectionId::global, globals);
  write(SectionId::export_, exports);
  write_customs(out, place_after(SectionId::start));
  if (places != nullptr) places->add(out.size(), start ? start_place : TextPlaces::unknown);
  if (start) write_number(out, SectionId::start, *start);
  write(SectionId::elem, elems);
  write_customs(out, place_after(SectionId::data_count));
  if (context.uses_data_count && datas.count != 0) write_number(out, SectionId::data_count, datas.count);
  write_customs(out, place_after(SectionId::code));
  write_bodies(out, places);
  write(SectionId::data, datas);
  if (places != nullptr) places->add(out.size(), TextPlaces::unknown);
  write_customs(out, place_of_names);
  if (names) write_name_section(out, context, *names);
  write_customs(out, last_place + 1);
  return out.take();
}

/// Writes the custom sections whose place is before `before` and that have not been written yet.
void ModuleSections::write_customs(ByteWriter& out, uint32_t before) {
  for (; customs_written_ < customs.size() && customs[customs_written_].place < before; ++customs_written_) {
    const CustomSection& custom = customs[customs_written_];
    ByteWriter content;
    content.name(custom.name);
    content.bytes(custom.bytes.view());
    out.u8(static_cast<uint8_t>(SectionId::custom));
    out.sized(content.view());
  }
}

/// Writes the code section: the size of each body, then the body.
void ModuleSections::write_bodies(ByteWriter& out, TextPlaces* places) {
  if (body_starts.empty()) return;
  const auto bytes = std::span(codes.bytes.view());
  const auto end_of = [&](size_t body) {
    return body + 1 < body_starts.size() ? body_starts[body + 1] : bytes.size();
  };
  const auto size_of = [&](size_t body) { return end_of(body) - body_starts[body]; };
  uint64_t size = leb_size(body_starts.size()) + bytes.size();
  for (size_t i = 0; i < body_starts.size(); ++i) size += leb_size(size_of(i));
  if (places != nullptr) places->add(out.size(), TextPlaces::unknown);
  begin_section(out, SectionId::code, size);
  out.leb_u64(body_starts.size());
  for (size_t i = 0; i < body_starts.size(); ++i) {
    out.sized(bytes.subspan(body_starts[i], size_of(i)));
    if (places != nullptr) places->add(codes.places, body_starts[i], end_of(i), out.size() - end_of(i));
  }
  codes.bytes = {};
}

} // namespace skerry::vm::wat
