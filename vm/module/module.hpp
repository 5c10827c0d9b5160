// The decoded module: what the binary says, in the specification's terms. Immutable once compiled, but for
// the slots where translated code is published.
#pragma once

#include "skerry/engine.hpp"
#include "skerry/module.hpp"
#include "skerry/types.hpp"
#include "vm/code/code.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace skerry::vm {

/// Canonical id of a type in the engine's TypeRegistry: equal ids, equal types, across modules.
using TypeId = uint32_t;

enum class CompositeKind : uint8_t { func, struct_, array };

struct FieldType {
  ValType storage; // i8 and i16 too
  bool is_mutable = false;
};

/// Spec §2.3.8: a composite type with its place in the subtype hierarchy.
struct SubType {
  CompositeKind kind = CompositeKind::func;
  bool is_final = true;
  uint32_t supertype = no_type;  // type index
  FuncType func;                 // kind func
  std::vector<FieldType> fields; // kind struct; kind array has one
  TypeId id = 0;                 // canonical
  uint32_t depth = 0;            // number of supertypes
  uint32_t group = 0;            // type index where its recursion group begins
  static constexpr uint32_t no_type = ~uint32_t{0};
};

struct Import {
  std::string module;
  std::string name;
  ExternKind kind = ExternKind::func;
  uint32_t index = 0; // in the kind's index space
};
struct Export {
  std::string name;
  ExternKind kind = ExternKind::func;
  uint32_t index = 0;
};

/// A constant expression: a byte range of the module, `end` included. Validated.
struct ConstExpr {
  uint32_t offset = 0;
  uint32_t size = 0;
};

struct Table {
  TableType type;
  ConstExpr init; // size 0: null references
};
struct Global {
  GlobalType type;
  ConstExpr init;
};

enum class SegmentMode : uint8_t { active, passive, declarative };

struct ElemSegment {
  SegmentMode mode = SegmentMode::passive;
  uint32_t table = 0;
  ConstExpr offset; // active only
  ValType type = funcref;
  uint32_t count = 0;
  bool is_expressions = false; // items are constant expressions, else function indices (LEB128)
  ConstExpr items;             // the byte range that holds `count` items
};
struct DataSegment {
  SegmentMode mode = SegmentMode::passive;
  uint32_t memory = 0;
  ConstExpr offset;
  uint32_t bytes_offset = 0; // in the module
  uint32_t bytes_size = 0;
};

/// Code section entry: byte range of locals and instructions.
struct FuncBody {
  uint32_t offset = 0;
  uint32_t size = 0;
};

struct CustomRange {
  uint32_t name_offset, name_size, bytes_offset, bytes_size;
};

/// Names from the custom section "name"; decoded leniently: what is broken is dropped.
struct NameSection {
  std::string module;
  std::vector<std::pair<uint32_t, std::string>> functions; // sorted by index
};

struct Module {
  std::shared_ptr<EngineData> engine;
  std::vector<std::byte> bytes; // own copy; all ranges above point into it

  std::vector<SubType> types;
  std::vector<Import> imports;
  std::vector<Export> exports;
  // Index spaces: imports first.
  std::vector<uint32_t> functions; // type indices
  std::vector<Table> tables;
  std::vector<MemoryType> memories;
  std::vector<Global> globals;
  std::vector<uint32_t> tags; // type indices
  uint32_t imported_functions = 0, imported_tables = 0, imported_memories = 0, imported_globals = 0,
           imported_tags = 0;
  std::vector<FuncBody> bodies; // of function imported_functions + i
  std::vector<ElemSegment> elem_segments;
  std::vector<DataSegment> data_segments;
  std::array<uint32_t, 14> section_offsets{}; // of the content, by section id; for error messages
  bool has_data_count = false;                // section 12, which memory.init and data.drop need
  std::vector<CustomRange> custom_sections;
  bool has_start = false;
  uint32_t start = 0;
  NameSection names;

  std::vector<ImportInfo> import_infos; // for the public API; same order as imports
  std::vector<ExportInfo> export_infos;
  std::vector<uint32_t> exports_by_name; // indices of exports, sorted by name

  /// Translated code, filled in at first call, by any thread.
  mutable CodeStore code;

  const FuncType& func_type(uint32_t func_index) const { return types[functions[func_index]].func; }
  TypeId func_type_id(uint32_t func_index) const { return types[functions[func_index]].id; }
  std::span<const std::byte> range(uint32_t offset, uint32_t size) const {
    return std::span(bytes).subspan(offset, size);
  }
};

/// Finds an export by name in O(log n).
const ExportInfo* find_export(const Module& module, std::string_view name);

} // namespace skerry::vm
