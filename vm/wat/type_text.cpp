#include "vm/wat/type_text.hpp"

namespace skerry::vm::wat {

std::string TypeText::index(NameKind kind, uint32_t index) const {
  const std::string* name = names_.find(kind, index);
  return name ? id_text(*name) : std::to_string(index);
}

std::string TypeText::heap_type(HeapType heap) const {
  switch (heap) {
  case HeapType::noexn: return "noexn";
  case HeapType::nofunc: return "nofunc";
  case HeapType::noextern: return "noextern";
  case HeapType::none: return "none";
  case HeapType::func: return "func";
  case HeapType::extern_: return "extern";
  case HeapType::any: return "any";
  case HeapType::eq: return "eq";
  case HeapType::i31: return "i31";
  case HeapType::struct_: return "struct";
  case HeapType::array: return "array";
  case HeapType::exn: return "exn";
  }
  return index(NameKind::type, static_cast<uint32_t>(heap));
}

std::string TypeText::val_type(ValType type) const {
  switch (type.kind()) {
  case ValType::i32_: return "i32";
  case ValType::i64_: return "i64";
  case ValType::f32_: return "f32";
  case ValType::f64_: return "f64";
  case ValType::v128_: return "v128";
  case ValType::i8: return "i8";
  case ValType::i16: return "i16";
  default: break;
  }
  if (type == funcref) return "funcref";
  if (type == externref) return "externref";
  return std::string(type.is_nullable() ? "(ref null " : "(ref ") + heap_type(type.heap()) + ")";
}

std::string TypeText::results(const std::vector<ValType>& types) const {
  if (types.empty()) return "";
  std::string text = " (result";
  for (ValType type : types) text += " " + val_type(type);
  return text + ")";
}

std::string TypeText::params(const std::vector<ValType>& types) const {
  if (types.empty()) return "";
  std::string text = " (param";
  for (ValType type : types) text += " " + val_type(type);
  return text + ")";
}

std::string TypeText::type_use(uint32_t type) const { return " (type " + index(NameKind::type, type) + ")"; }

std::string TypeText::limits(const Limits& limits) {
  std::string text = limits.is_64 ? "i64 " : "";
  text += std::to_string(limits.min);
  if (limits.has_max) text += " " + std::to_string(limits.max);
  return limits.shared ? text + " shared" : text;
}

std::string TypeText::table_type(const TableType& type) const {
  return limits(type.limits) + " " + val_type(type.element);
}

std::string TypeText::global_type(const GlobalType& type) const {
  return type.is_mutable ? "(mut " + val_type(type.value) + ")" : val_type(type.value);
}

std::string TypeText::field_type(const FieldType& field) const {
  return field.is_mutable ? "(mut " + val_type(field.storage) + ")" : val_type(field.storage);
}

std::string TypeText::composite_type(const SubType& type) const {
  if (type.kind == CompositeKind::func)
    return "(func" + params(type.func.params) + results(type.func.results) + ")";
  if (type.kind == CompositeKind::array) return "(array " + field_type(type.fields[0]) + ")";
  std::string text = "(struct";
  for (const FieldType& field : type.fields) text += " (field " + field_type(field) + ")";
  return text + ")";
}

std::string TypeText::definition(uint32_t index) const {
  const SubType& type = module_.types[index];
  const std::string* name = names_.find(NameKind::type, index);
  std::string text = "(type " + (name ? id_text(*name) : "(;" + std::to_string(index) + ";)") + " ";
  bool plain = type.is_final && type.supertype == SubType::no_type;
  if (plain) return text + composite_type(type) + ")";
  text += type.is_final ? "(sub final" : "(sub";
  if (type.supertype != SubType::no_type) text += " " + this->index(NameKind::type, type.supertype);
  return text + " " + composite_type(type) + "))";
}

} // namespace skerry::vm::wat
