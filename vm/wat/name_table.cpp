#include "vm/wat/name_table.hpp"

#include "vm/base/hex.hpp"
#include "vm/wat/lexer.hpp"

#include <algorithm>

namespace skerry::vm::wat {

namespace {

constexpr uint8_t module_subsection = 0, local_subsection = 2;

bool is_named_space(uint8_t id) {
  constexpr uint32_t ids = 1u << 1 | 1u << 4 | 1u << 5 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 9 | 1u << 11;
  return id < 12 && (ids >> id & 1);
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
      if (content.ok() && !name.empty()) module_ = name;
    } else if (id == local_subsection) {
      for (uint32_t count = content.leb_u32(); count > 0 && content.ok(); --count) {
        const uint32_t function = content.leb_u32();
        read_map(content, function, locals_);
      }
    } else if (is_named_space(id)) {
      read_map(content, 0, by_kind_[id]);
    }
  }
}

void NameTable::read_map(ByteReader& reader, uint32_t high, std::vector<Named>& names) {
  NameIndex taken;
  const auto hash_of = [&](uint32_t other) { return hash_(name_at(names[other].offset)); };
  for (uint32_t count = reader.leb_u32(); count > 0 && reader.ok(); --count) {
    const uint32_t low = reader.leb_u32();
    const Named named{high, low, static_cast<uint32_t>(reader.offset())};
    const std::string_view name = reader.name();
    const bool is_in_order = names.empty() || names.back().key() < named.key();
    if (!reader.ok() || name.empty() || !is_in_order) continue;
    const auto position = static_cast<uint32_t>(names.size());
    const auto is_same = [&](uint32_t other) { return name_at(names[other].offset) == name; };
    if (taken.insert(hash_(name), position, is_same, hash_of) != position) continue;
    if (names.size() == names.capacity()) names.reserve(position + std::max(position / 4, 16u));
    names.push_back(named);
  }
}

std::string_view NameTable::name_at(uint32_t offset) const {
  ByteReader reader(section_.subspan(offset));
  const uint32_t size = reader.leb_u32();
  return {reinterpret_cast<const char*>(reader.cursor()), size};
}

std::optional<std::string_view> NameTable::find_in(const std::vector<Named>& names, uint64_t key) const {
  const auto found = std::ranges::lower_bound(names, key, {}, &Named::key);
  if (found == names.end() || found->key() != key) return std::nullopt;
  return name_at(found->offset);
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
