// A decoded module, in the specification's terms. It does not change any more after resolve_module.
#pragma once

#include "skerry/engine.hpp"
#include "skerry/module.hpp"
#include "skerry/types.hpp"
#include "vm/module/canonical_type.hpp"
#include "vm/module/name_index.hpp"
#include "vm/module/section_id.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace skerry::vm {

/// An import. The names are views of the module's bytes.
struct Import {
  std::string_view module;
  std::string_view name;
  ExternKind kind = ExternKind::func;
  uint32_t index = 0; // in the index space of its kind
};
struct Export {
  std::string_view name;
  ExternKind kind = ExternKind::func;
  uint32_t index = 0;
};

/// A validated constant expression: a byte range of the module, including `end`.
struct ConstExpr {
  uint32_t offset = 0;
  uint32_t size = 0;
};

struct Table {
  TableType type;
  ConstExpr init; // if its size is 0, all elements are null
};
struct Global {
  GlobalType type;
  ConstExpr init;
};

enum class SegmentMode : uint8_t { active, passive, declarative };

struct ElemSegment {
  SegmentMode mode = SegmentMode::passive;
  uint32_t table = 0;
  ConstExpr offset; // only for active segments
  ValType type = funcref;
  uint32_t count = 0;
  bool is_expressions = false; // true: the items are constant expressions; false: function indices (LEB128)
  ConstExpr items;             // the byte range of the `count` items
};
struct DataSegment {
  SegmentMode mode = SegmentMode::passive;
  uint32_t memory = 0;
  ConstExpr offset;
  uint32_t bytes_offset = 0; // offset in the module
  uint32_t bytes_size = 0;
};

/// An entry of the code section: the byte range of its locals and instructions.
struct FuncBody {
  uint32_t offset = 0;
  uint32_t size = 0;
};

struct CustomRange {
  uint32_t name_offset, name_size, bytes_offset, bytes_size;
};

/// Names from the custom section "name", as views of the module's bytes. Malformed entries and names of
/// functions that do not exist are dropped, because they do not make a module invalid.
struct NameSection {
  struct Function {
    uint32_t index;
    std::string_view name;
  };
  std::string_view module;
  std::vector<Function> functions; // sorted by index
};

struct Module {
  Module() = default;
  /// Releases the module's types.
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  std::shared_ptr<EngineData> engine;
  std::vector<std::byte> owned_bytes;
  std::span<const std::byte> bytes; // owned_bytes or the caller's bytes; all ranges in this file are ranges
                                    // of it

  uint32_t type_count = 0;                 // number of types in the type section
  std::vector<const CanonicalType*> types; // empty until resolved; the module is a holder of their groups
  std::vector<Import> imports;
  std::vector<Export> exports;
  // Index spaces; imports come first. Concrete heap types are type indices after decoding, and canonical ids
  // after resolve_module.
  std::vector<uint32_t> functions; // type indices
  std::vector<Table> tables;
  std::vector<MemoryType> memories;
  std::vector<Global> globals;
  std::vector<uint32_t> tags; // type indices
  uint32_t imported_functions = 0, imported_tables = 0, imported_memories = 0, imported_globals = 0,
           imported_tags = 0;
  std::vector<FuncBody> bodies; // bodies[i] belongs to function imported_functions + i
  std::vector<ElemSegment> elem_segments;
  std::vector<DataSegment> data_segments;
  std::array<uint32_t, section_count> section_offsets{}; // offset of each section's content, indexed by
                                                         // section id
  bool has_data_count = false; // there is a data count section, which memory.init and data.drop require
  std::vector<CustomRange> custom_sections;
  bool has_start = false;
  uint32_t start = 0;
  NameSection names;
  NameIndex exports_by_name; // empty until resolve_module fills it

  uint32_t offset_of(SectionId section) const { return section_offsets[static_cast<size_t>(section)]; }
  const CanonicalType& type(uint32_t type_index) const { return *types[type_index]; }
  const CanonicalType& func_type(uint32_t func_index) const { return *types[functions[func_index]]; }
  TypeId func_type_id(uint32_t func_index) const { return func_type(func_index).id(); }
  std::span<const std::byte> range(uint32_t offset, uint32_t size) const {
    return bytes.subspan(offset, size);
  }
};

/// The export with this name; null if there is no such export. Takes constant time.
const Export* find_export(const Module& module, std::string_view name);

} // namespace skerry::vm
