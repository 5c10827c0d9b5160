// ModuleContext: state that the parsers of a module's parts share: the names, and the types defined so far.
#pragma once

#include "skerry/limits.hpp"
#include "skerry/types.hpp"
#include "vm/base/byte_writer.hpp"
#include "vm/wat/cursor.hpp"
#include "vm/wat/index_space.hpp"
#include "vm/wat/text_places.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace skerry::vm::wat {

/// The part of a type definition that type uses need.
struct TypeEntry {
  bool is_func = false;
  uint32_t params = 0;
  // For function types only: the range of the type section that holds the parameters and results in binary
  // format.
  uint32_t encoded = 0, encoded_size = 0;
};

struct ModuleContext {
  ModuleContext(std::string_view text, const ModuleLimits& of);
  ModuleContext(const ModuleContext&) = delete;
  ModuleContext& operator=(const ModuleContext&) = delete;

  const ModuleLimits& limits;
  Names names;
  IndexSpace types, funcs, tables, memories, globals, tags, elems, datas;

  std::vector<TypeEntry> type_entries;
  uint32_t type_groups = 0; // number of entries of the type section
  ByteWriter type_section;
  const uint32_t* field = nullptr;    // as in Section
  std::vector<TextPlace> type_places; // of type_section
  /// Notes that the types that follow come from the field that is being parsed.
  void note_type() {
    if (field != nullptr) type_places.push_back({static_cast<uint32_t>(type_section.size()), *field});
  }

  bool uses_data_count = false; // true if an instruction refers to a data segment

  std::span<const std::byte> encoding(uint32_t type) const {
    const TypeEntry& entry = type_entries[type];
    return std::span(type_section.view()).subspan(entry.encoded, entry.encoded_size);
  }
  /// Registers a plain function type: final, without supertype, and alone in its recursion group.
  /// func_type_index() finds the first such type with each encoding.
  void add_plain_func_type(uint32_t type);
  /// Returns the index of the plain function type whose parameters and results have this encoding. Adds the
  /// type if the module does not have it yet (spec §6.4.15).
  uint32_t func_type_index(std::span<const std::byte> encoded, uint32_t params);

  /// Adds the name of a field of a type. Returns false if the type already has a field with this name.
  bool add_field(uint32_t type, uint32_t field, const ItemName& item);
  /// A field with a name for the name section.
  struct ShownField {
    uint32_t type, index;
    IdOffset name;
  };
  /// The fields that have such a name, in the order of types and fields.
  const std::vector<ShownField>& shown_fields() const { return shown_fields_; }
  std::optional<uint32_t> find_field(uint32_t type, std::string_view name) const;

private:
  struct Field {
    uint32_t type, index;
    IdOffset id;
    uint32_t hash; // of type and name
  };
  uint64_t hash_of(std::span<const std::byte> encoded) const;
  uint32_t hash_of_field(uint32_t type, std::string_view name) const {
    return static_cast<uint32_t>(names.hash(name)) + type;
  }
  NameIndex plain_func_types_;
  std::vector<Field> fields_; // fields that have names, of all types
  NameIndex fields_by_name_;
  std::vector<ShownField> shown_fields_;
};

/// Parses an index, which is a number or a name in `space`.
uint32_t parse_index(Cursor& cursor, const IndexSpace& space, const Names& names);
/// Parses a field index, which is a number or the name of a field of `type`.
uint32_t parse_field_index(Cursor& cursor, const ModuleContext& context, uint32_t type);

} // namespace skerry::vm::wat
