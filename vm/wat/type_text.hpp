// Prints a module's types in the text format.
#pragma once

#include "vm/module/module.hpp"
#include "vm/module/rec_group.hpp"
#include "vm/wat/name_table.hpp"
#include "vm/wat/text_sink.hpp"

#include <string>
#include <vector>

namespace skerry::vm::wat {

/// The types of a module as its binary defines them. The module need not be valid. Takes 32 bytes for each
/// type, one byte for each parameter or result, and four bytes for each field or concrete reference.
class ModuleTypes {
public:
  ModuleTypes(const Module& module, const Config& config);

  struct Type {
    const RecGroup::Type& form;
    TypeList params, results;
    std::span<const PackedField> fields;
    uint32_t group; // index of the first type in its recursion group
  };
  uint32_t size() const { return all_.size(); }
  Type operator[](uint32_t index) const;
  bool is_func(uint32_t index) const {
    return index < size() && all_.types[index].kind == CompositeKind::func;
  }

private:
  struct Start {
    uint32_t code, ref, field, group;
  };
  RecGroup all_;
  std::vector<Start> starts_;
};

class TypeText {
public:
  TypeText(const ModuleTypes& types, const NameTable& names) : types_(types), names_(names) {}

  /// Returns `$name`, or the index if the item has no name.
  std::string index(NameKind kind, uint32_t index) const;
  std::string heap_type(HeapType heap) const;
  std::string val_type(ValType type) const;
  /// Prints ` (result i32 i64)`, or nothing if there are no results.
  void results(const TypeList& types, TextSink& out) const { list(" (result", types, out); }
  /// Returns ` (type 3)`.
  std::string type_use(uint32_t type) const;
  static std::string limits(const Limits& limits);
  std::string table_type(const TableType& type) const;
  std::string global_type(const GlobalType& type) const;
  /// Prints `(type $name …)`.
  void definition(uint32_t index, TextSink& out) const;

private:
  void list(std::string_view keyword, const TypeList& types, TextSink& out) const;
  void composite_type(uint32_t index, const ModuleTypes::Type& type, TextSink& out) const;
  std::string field_type(const FieldType& field) const;

  const ModuleTypes& types_;
  const NameTable& names_;
};

} // namespace skerry::vm::wat
