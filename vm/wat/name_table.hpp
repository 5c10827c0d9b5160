// NameTable: reads identifiers of the text format from a name section: the inverse of name_writer.hpp.
#pragma once

#include "vm/base/byte_reader.hpp"
#include "vm/module/name_index.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::vm::wat {

/// The subsections of the name section that name the items of an index space. The values are the subsections'
/// ids.
enum class NameKind : uint8_t {
  function = 1,
  type = 4,
  table = 5,
  memory = 6,
  global = 7,
  elem = 8,
  data = 9,
  tag = 11,
};

/// The names of a module, from its name section. Identifiers must be unique in their index space, so only the
/// first of several items with equal names keeps its name. Malformed and unsorted entries of the section are
/// dropped. The table stores 12 bytes for each name; the characters stay in the section.
class NameTable {
public:
  NameTable() = default;
  explicit NameTable(std::span<const std::byte> name_section);

  std::optional<std::string_view> module() const { return module_; }
  std::optional<std::string_view> find(NameKind kind, uint32_t index) const {
    return find_in(by_kind_[static_cast<size_t>(kind)], index);
  }
  std::optional<std::string_view> find_local(uint32_t function, uint32_t index) const {
    return find_in(locals_, uint64_t{function} << 32 | index);
  }

private:
  /// The name of an item. The key consists of two halves: `low` is the item's index, and `high` is the
  /// function's index for locals, otherwise 0.
  struct Named {
    uint32_t high, low;
    uint32_t offset; // of the name in the section; its length comes first
    uint64_t key() const { return uint64_t{high} << 32 | low; }
  };
  void read_map(ByteReader& reader, uint32_t high, std::vector<Named>& names);
  std::string_view name_at(uint32_t offset) const;
  std::optional<std::string_view> find_in(const std::vector<Named>& names, uint64_t key) const;

  std::span<const std::byte> section_;
  KeyedHash hash_;
  std::optional<std::string_view> module_;
  std::array<std::vector<Named>, 12> by_kind_; // sorted by key, like locals_
  std::vector<Named> locals_;
};

/// Returns the identifier `$name`, or `$"…"` if the name is empty or contains characters that identifiers
/// cannot have.
std::string id_text(std::string_view name);
/// Returns `bytes` as a string literal. All bytes except printable ASCII are escaped.
std::string string_text(std::string_view bytes);

} // namespace skerry::vm::wat
