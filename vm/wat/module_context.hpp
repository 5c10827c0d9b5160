// State that the parts of a module share while it is parsed: names, and the types defined so far.
#pragma once

#include "skerry/limits.hpp"
#include "skerry/types.hpp"
#include "vm/base/byte_writer.hpp"
#include "vm/wat/cursor.hpp"
#include "vm/wat/index_space.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace skerry::vm::wat {

/// The facts about a type definition that type uses need.
struct TypeEntry {
  bool is_func = false;
  uint32_t params = 0;
  // A range of the type section: parameters and results in binary format. Function types only.
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
  uint32_t type_groups = 0; // entries of the type section
  ByteWriter type_section;

  bool uses_data_count = false; // an instruction names a data segment

  std::span<const std::byte> encoding(uint32_t type) const {
    const TypeEntry& entry = type_entries[type];
    return std::span(type_section.view()).subspan(entry.encoded, entry.encoded_size);
  }
  /// Registers a plain function type: final, without supertype, and alone in its recursion group.
  /// func_type_index finds the first one with each encoding.
  void add_plain_func_type(uint32_t type);
  /// The index of the plain function type with this encoding, which is added if there is none (spec §6.4.5).
  uint32_t func_type_index(std::span<const std::byte> encoded, uint32_t params);

  /// Returns false if the type already has a field with this name.
  bool add_field(uint32_t type, uint32_t field, IdOffset id);
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
};

/// Parses a number, or a name in `space`.
uint32_t parse_index(Cursor& cursor, const IndexSpace& space, const Names& names);
/// Parses a number, or the name of a field of `type`.
uint32_t parse_field_index(Cursor& cursor, const ModuleContext& context, uint32_t type);

} // namespace skerry::vm::wat
