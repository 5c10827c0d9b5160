#include "vm/wat/name_table.hpp"

#include "vm/base/hex.hpp"
#include "vm/wat/lexer.hpp"

#include <algorithm>
#include <initializer_list>

namespace skerry::vm::wat {

namespace {

constexpr uint8_t module_subsection = 0;

bool is_one_of(std::initializer_list<uint8_t> ids, uint8_t id) {
  return std::ranges::find(ids, id) != ids.end();
}

bool is_part(uint8_t id) { return is_one_of({2, 3, 10}, id); }
bool is_item(uint8_t id) { return is_one_of({1, 4, 5, 6, 7, 8, 9, 11}, id); }

std::string with_index(std::string_view name, uint32_t index) {
  return std::string(name) + "#" + std::to_string(index);
}

} // namespace

NameTable::NameTable(std::span<const std::byte> name_section) : section_(name_section) {
  ByteReader reader(name_section);
  while (reader.ok() && !reader.at_end()) {
    const uint8_t id = reader.u8();
    const uint32_t size = reader.leb_u32();
    ByteReader content = reader.sub_reader(size, "unexpected end");
    if (!reader.ok()) return;
    if (id == module_subsection) {
      const std::string_view name = content.name();
      if (content.ok()) module_ = name;
    } else if (is_part(id)) {
      read_part_maps(content, static_cast<PartKind>(id));
    } else if (is_item(id)) {
      read_map(content, 0, {.must_be_unique = true, .may_be_empty = true}, by_kind_[id]);
    }
  }
}

void NameTable::read_part_maps(ByteReader& reader, PartKind kind) {
  for (uint32_t count = reader.leb_u32(); count > 0 && reader.ok(); --count) {
    const uint32_t of = reader.leb_u32();
    read_map(reader, of, {.must_be_unique = kind != PartKind::label, .may_be_empty = false},
             by_kind_[static_cast<size_t>(kind)]);
  }
}

void NameTable::read_map(ByteReader& reader, uint32_t high, MapRules rules, std::vector<Named>& names) {
  const auto first = static_cast<uint32_t>(names.size());
  NameIndex taken;
  const auto hash_of = [&](uint32_t other) { return hash_(name_at(names[other].offset)); };
  const auto is = [&](std::string_view name) {
    return [this, &names, name](uint32_t other) { return name_at(names[other].offset) == name; };
  };
  bool has_duplicates = false;
  for (uint32_t count = reader.leb_u32(); count > 0 && reader.ok(); --count) {
    const uint32_t low = reader.leb_u32();
    Named named{high, low % index_limit, static_cast<uint32_t>(Form::name),
                static_cast<uint32_t>(reader.offset())};
    const std::string_view name = reader.name();
    const bool is_in_order = names.empty() || names.back().key() < named.key();
    if (!reader.ok() || low >= index_limit || !is_in_order || (name.empty() && !rules.may_be_empty)) continue;
    const auto position = static_cast<uint32_t>(names.size());
    const bool is_duplicate =
        rules.must_be_unique && taken.insert(hash_(name), position, is(name), hash_of) != position;
    if (name.empty() || is_duplicate) named.form = static_cast<uint32_t>(Form::none);
    has_duplicates |= is_duplicate;
    if (names.size() == names.capacity()) names.reserve(position + std::max(position / 4, 16u));
    names.push_back(named);
  }
  // Only now are all names of the space known.
  for (size_t i = first; has_duplicates && i < names.size(); ++i) {
    const std::string_view name = name_at(names[i].offset);
    if (names[i].form == static_cast<uint32_t>(Form::name) || name.empty()) continue;
    const std::string id = with_index(name, names[i].low);
    if (taken.find(hash_(id), is(id)) == NameIndex::none)
      names[i].form = static_cast<uint32_t>(Form::name_and_index);
  }
}

std::string_view NameTable::name_at(uint32_t offset) const {
  ByteReader reader(section_.subspan(offset));
  const uint32_t size = reader.leb_u32();
  return {reinterpret_cast<const char*>(reader.cursor()), size};
}

const NameTable::Named* NameTable::find_in(const std::vector<Named>& names, uint64_t key) const {
  const auto found = std::ranges::lower_bound(names, key, {}, &Named::key);
  return found == names.end() || found->key() != key ? nullptr : &*found;
}

bool NameTable::has_parts(PartKind kind, uint32_t of) const {
  const auto& names = by_kind_[static_cast<size_t>(kind)];
  const auto found = std::ranges::lower_bound(names, of, {}, &Named::high);
  return found != names.end() && found->high == of;
}

std::string NameTable::definition(NameKind kind, uint32_t index) const {
  const Named* named = find_in(by_kind_[static_cast<size_t>(kind)], index);
  const auto text = definition_of(named);
  if (id_of(named)) return *text;
  return "(;" + std::to_string(index) + ";)" + (text ? " " + *text : "");
}

std::optional<std::string> NameTable::id_of(const Named* named) const {
  if (named == nullptr) return std::nullopt;
  switch (static_cast<Form>(named->form)) {
  case Form::name: return id_text(name_at(named->offset));
  case Form::name_and_index: return id_text(with_index(name_at(named->offset), named->low));
  case Form::none: break;
  }
  return std::nullopt;
}

std::optional<std::string> NameTable::definition_of(const Named* named) const {
  auto id = id_of(named);
  if (named == nullptr || static_cast<Form>(named->form) == Form::name) return id;
  return (id ? *id + " " : "") + "(@name " + string_text(name_at(named->offset)) + ")";
}

std::string id_text(std::string_view name) {
  bool plain = !name.empty();
  for (char c : name) plain &= is_id_char(c);
  return "$" + (plain ? std::string(name) : string_text(name));
}

std::string string_text(std::string_view bytes) {
  std::string text = "\"";
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\', text += c;
    } else if (byte >= 0x20 && byte < 0x7f) {
      text += c;
    } else {
      text += '\\';
      append_hex(text, byte);
    }
  }
  return text + "\"";
}

} // namespace skerry::vm::wat
