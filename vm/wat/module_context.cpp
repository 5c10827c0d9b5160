#include "vm/wat/module_context.hpp"

#include "skerry/printable.hpp"
#include "vm/wat/lexer.hpp"

#include <algorithm>

namespace skerry::vm::wat {

namespace {
constexpr uint8_t func_type_code = 0x60;
}

ModuleContext::ModuleContext(std::string_view text, const ModuleLimits& of)
    : limits(of), names(text), types("type", "type", of.types), funcs("func", "function", of.functions),
      tables("table", "table", of.tables), memories("memory", "memory", of.memories),
      globals("global", "global", of.globals), tags("tag", "tag", of.tags),
      elems("elem", "elem segment", of.elem_segments), datas("data", "data segment", of.data_segments) {}

uint64_t ModuleContext::hash_of(std::span<const std::byte> encoded) const {
  return names.hash({reinterpret_cast<const char*>(encoded.data()), encoded.size()});
}

void ModuleContext::add_plain_func_type(uint32_t type) {
  const auto encoded = encoding(type);
  plain_func_types_.insert(
      hash_of(encoded), type, [&](uint32_t other) { return std::ranges::equal(encoding(other), encoded); },
      [&](uint32_t other) { return hash_of(encoding(other)); });
}

uint32_t ModuleContext::func_type_index(std::span<const std::byte> encoded, uint32_t params) {
  const uint32_t found = plain_func_types_.find(
      hash_of(encoded), [&](uint32_t other) { return std::ranges::equal(encoding(other), encoded); });
  if (found != NameIndex::none) return found;
  const auto index = static_cast<uint32_t>(type_entries.size());
  ++type_groups;
  note_type();
  type_section.u8(func_type_code);
  type_entries.push_back(
      {true, params, static_cast<uint32_t>(type_section.size()), static_cast<uint32_t>(encoded.size())});
  type_section.bytes(encoded);
  add_plain_func_type(index);
  return index;
}

bool ModuleContext::add_field(uint32_t type, uint32_t field, const ItemName& item) {
  const IdOffset id = item.id;
  shown_fields_.push_back({type, field, item.shown});
  if (id == no_id) return true;
  const auto position = static_cast<uint32_t>(fields_.size());
  if (fields_.size() == fields_.capacity()) fields_.reserve(position + std::max(position / 4, 16u));
  std::string storage;
  const std::string_view name = names.get(id, storage);
  const uint32_t hash = hash_of_field(type, name);
  fields_.push_back({type, field, id, hash});
  const auto is_same = [&](uint32_t other) {
    return fields_[other].hash == hash && fields_[other].type == type && names.is(fields_[other].id, name);
  };
  const auto hash_of = [&](uint32_t other) { return fields_[other].hash; };
  return fields_by_name_.insert(hash, position, is_same, hash_of) == position;
}

std::optional<uint32_t> ModuleContext::find_field(uint32_t type, std::string_view name) const {
  const uint32_t found = fields_by_name_.find(hash_of_field(type, name), [&](uint32_t other) {
    return fields_[other].type == type && names.is(fields_[other].id, name);
  });
  return found == NameIndex::none ? std::nullopt : std::optional(fields_[found].index);
}

uint32_t parse_index(Cursor& cursor, const IndexSpace& space, const Names& names) {
  if (!cursor.at(TokenKind::id)) {
    if (cursor.at(TokenKind::integer)) return cursor.expect_u32();
    cursor.fail_unexpected(std::string("a ") + space.kind() + " index or name");
    return 0;
  }
  std::string storage;
  const auto index = space.find(decode_id(cursor.word(), storage), names);
  if (!index) {
    cursor.fail(std::string("unknown ") + space.kind() + " " + excerpt(cursor.word()));
    return 0;
  }
  cursor.advance();
  return *index;
}

uint32_t parse_field_index(Cursor& cursor, const ModuleContext& context, uint32_t type) {
  if (!cursor.at(TokenKind::id)) {
    if (cursor.at(TokenKind::integer)) return cursor.expect_u32();
    cursor.fail_unexpected("a field index or name");
    return 0;
  }
  std::string storage;
  const auto index = context.find_field(type, decode_id(cursor.word(), storage));
  if (!index) {
    cursor.fail("unknown field " + excerpt(cursor.word()));
    return 0;
  }
  cursor.advance();
  return *index;
}

} // namespace skerry::vm::wat
