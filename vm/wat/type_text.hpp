// Types of a module in the text format.
#pragma once

#include "vm/module/module.hpp"
#include "vm/wat/name_table.hpp"

#include <string>

namespace skerry::vm::wat {

class TypeText {
public:
  TypeText(const Module& module, const NameTable& names) : module_(module), names_(names) {}

  /// `$name` or the number.
  std::string index(NameKind kind, uint32_t index) const;
  std::string heap_type(HeapType heap) const;
  std::string val_type(ValType type) const;
  /// ` (result i32 i64)`, or nothing.
  std::string results(const std::vector<ValType>& types) const;
  std::string params(const std::vector<ValType>& types) const;
  /// ` (type 3)`
  std::string type_use(uint32_t type) const;
  static std::string limits(const Limits& limits);
  std::string table_type(const TableType& type) const;
  std::string global_type(const GlobalType& type) const;
  /// `(type $name …)`
  std::string definition(uint32_t index) const;

private:
  std::string composite_type(const SubType& type) const;
  std::string field_type(const FieldType& field) const;

  const Module& module_;
  const NameTable& names_;
};

} // namespace skerry::vm::wat
