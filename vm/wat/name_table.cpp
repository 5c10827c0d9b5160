#include "vm/wat/name_table.hpp"

#include "vm/wat/lexer.hpp"

namespace skerry::vm::wat {

namespace {

constexpr uint8_t module_subsection = 0, local_subsection = 2;

bool is_named_space(uint8_t id) {
  constexpr uint32_t ids = 1u << 1 | 1u << 4 | 1u << 5 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 9 | 1u << 11;
  return id < 12 && (ids >> id & 1);
}

const std::string* find_in(const std::map<uint32_t, std::string>& names, uint32_t index) {
  auto found = names.find(index);
  return found == names.end() ? nullptr : &found->second;
}

} // namespace

NameTable::NameTable(std::span<const std::byte> name_section) {
  ByteReader reader(name_section);
  while (reader.ok() && !reader.at_end()) {
    const uint8_t id = reader.u8();
    ByteReader content = reader.sub_reader(reader.leb_u32(), "unexpected end");
    if (!reader.ok()) return;
    if (id == module_subsection) {
      std::string name(content.name());
      if (content.ok() && !name.empty()) module_ = std::move(name);
    } else if (id == local_subsection) {
      for (uint32_t count = content.leb_u32(); count > 0 && content.ok(); --count) {
        const uint32_t function = content.leb_u32();
        read_map(content, locals_[function]);
      }
    } else if (is_named_space(id)) {
      read_map(content, by_kind_[id]);
    }
  }
}

void NameTable::read_map(ByteReader& reader, Names& names) {
  for (uint32_t count = reader.leb_u32(); count > 0 && reader.ok(); --count) {
    const uint32_t index = reader.leb_u32();
    std::string name(reader.name());
    if (!reader.ok() || name.empty() || names.by_index.contains(index)) continue;
    if (names.taken.insert(name).second) names.by_index.emplace(index, std::move(name));
  }
}

const std::string* NameTable::find(NameKind kind, uint32_t index) const {
  return find_in(by_kind_[static_cast<size_t>(kind)].by_index, index);
}

const std::string* NameTable::find_local(uint32_t function, uint32_t index) const {
  auto names = locals_.find(function);
  return names == locals_.end() ? nullptr : find_in(names->second.by_index, index);
}

std::string id_text(const std::string& name) {
  bool plain = !name.empty();
  for (char c : name) plain &= is_id_char(c);
  return "$" + (plain ? name : string_text(name));
}

std::string string_text(std::string_view bytes) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text = "\"";
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\', text += c;
    } else if (byte >= 0x20 && byte < 0x7f) {
      text += c;
    } else {
      text += '\\', text += hex[byte >> 4], text += hex[byte & 15];
    }
  }
  return text + "\"";
}

} // namespace skerry::vm::wat
