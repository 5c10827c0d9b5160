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
/// The subsections that name the parts of an item: the locals and labels of a function, and the fields of a
/// type. The value of `label` is for blocks, numbered in the order of the code.
enum class PartKind : uint8_t { local = 2, label = 3, field = 10 };

/// The names of a module, from its name section. Malformed and unsorted entries of the section are dropped.
/// The table stores 12 bytes for each name; the characters stay in the section.
///
/// Identifiers must be unique in their index space and must not be empty. So the second of two items that are
/// called "f" gets the identifier `$f#7`, if its index is 7, or none if another item has this name. Such
/// items have a @name annotation.
class NameTable {
public:
  NameTable() = default;
  explicit NameTable(std::span<const std::byte> name_section);

  std::optional<std::string_view> module() const { return module_; }
  /// Returns the item's identifier, such as `$f`; nothing if it has none.
  std::optional<std::string> id(NameKind kind, uint32_t index) const {
    return id_of(find_in(by_kind_[static_cast<size_t>(kind)], index));
  }
  /// Returns what stands in the item's definition: `$f`, `$f#7 (@name "f")`, `(;7;) (@name "")`, `(;7;)`.
  std::string definition(NameKind kind, uint32_t index) const;
  /// The same for a part of the item `of`; the definition has no index.
  std::optional<std::string> id(PartKind kind, uint32_t of, uint32_t index) const {
    return id_of(find_in(by_kind_[static_cast<size_t>(kind)], key_of(of, index)));
  }
  std::optional<std::string> definition(PartKind kind, uint32_t of, uint32_t index) const {
    return definition_of(find_in(by_kind_[static_cast<size_t>(kind)], key_of(of, index)));
  }
  /// Returns whether the item `of` may have parts with names.
  bool has_parts(PartKind kind, uint32_t of) const;

private:
  /// How the identifier is made from the name.
  enum class Form : uint8_t { name, name_and_index, none };
  /// The name of an item. The key consists of two halves: `low` is the item's index, and `high` is the index
  /// of what it is a part of, otherwise 0.
  struct Named {
    uint32_t high, low : 30, form : 2;
    uint32_t offset; // of the name in the section; its length comes first
    uint64_t key() const { return key_of(high, low); }
  };
  static constexpr uint32_t index_limit = 1u << 30;
  static uint64_t key_of(uint32_t high, uint32_t low) { return uint64_t{high} << 32 | low; }
  /// Which names a map may have.
  struct MapRules {
    bool must_be_unique, may_be_empty;
  };
  void read_map(ByteReader& reader, uint32_t high, MapRules rules, std::vector<Named>& names);
  void read_part_maps(ByteReader& reader, PartKind kind);
  std::string_view name_at(uint32_t offset) const;
  const Named* find_in(const std::vector<Named>& names, uint64_t key) const;
  std::optional<std::string> id_of(const Named* named) const;
  std::optional<std::string> definition_of(const Named* named) const;

  std::span<const std::byte> section_;
  KeyedHash hash_;
  std::optional<std::string_view> module_;
  std::array<std::vector<Named>, 12> by_kind_; // by the subsection's id; sorted by key
};

/// Returns the identifier `$name`, or `$"…"` if the name is empty or contains characters that identifiers
/// cannot have.
std::string id_text(std::string_view name);
/// Returns `bytes` as a string literal. All bytes except printable ASCII are escaped.
std::string string_text(std::string_view bytes);

} // namespace skerry::vm::wat
