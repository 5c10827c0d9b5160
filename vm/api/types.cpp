#include "skerry/types.hpp"
#include "skerry/module.hpp"

namespace skerry {

namespace {

std::string heap_name(HeapType heap) {
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
  return std::to_string(static_cast<int32_t>(heap));
}

/// The short name of a nullable reference type in the text format (spec §6.4.4): funcref, nullref, …
std::string nullable_name(HeapType heap) {
  switch (heap) {
  case HeapType::none: return "nullref";
  case HeapType::nofunc: return "nullfuncref";
  case HeapType::noextern: return "nullexternref";
  case HeapType::noexn: return "nullexnref";
  default: break;
  }
  return static_cast<int32_t>(heap) < 0 ? heap_name(heap) + "ref" : "(ref null " + heap_name(heap) + ")";
}

std::string type_list(const std::vector<ValType>& types) {
  std::string text = "(";
  for (size_t i = 0; i < types.size(); ++i) text += (i == 0 ? "" : ", ") + to_string(types[i]);
  return text + ")";
}

std::string limits_text(const Limits& limits) {
  std::string text = limits.is_64 ? "i64 " : "";
  text += std::to_string(limits.min);
  if (limits.has_max) text += " " + std::to_string(limits.max);
  return limits.shared ? text + " shared" : text;
}

struct ExternText {
  std::string operator()(const FuncType& type) const { return "function " + to_string(type); }
  std::string operator()(const TableType& type) const {
    return "table " + limits_text(type.limits) + " " + to_string(type.element);
  }
  std::string operator()(const MemoryType& type) const { return "memory " + limits_text(type.limits); }
  std::string operator()(const GlobalType& type) const {
    return type.is_mutable ? "global (mut " + to_string(type.value) + ")" : "global " + to_string(type.value);
  }
  std::string operator()(const TagType& type) const { return "tag " + to_string(type.func); }
};

} // namespace

std::string to_string(ValType type) {
  switch (type.kind()) {
  case ValType::none_: return "none";
  case ValType::bottom: return "bottom";
  case ValType::i8: return "i8";
  case ValType::i16: return "i16";
  case ValType::v128_: return "v128";
  case ValType::f64_: return "f64";
  case ValType::f32_: return "f32";
  case ValType::i64_: return "i64";
  case ValType::i32_: return "i32";
  case ValType::ref_: return "(ref " + heap_name(type.heap()) + ")";
  case ValType::ref_null_: return nullable_name(type.heap());
  }
  return "unknown";
}

std::string to_string(const FuncType& type) {
  return type_list(type.params) + " -> " + type_list(type.results);
}

std::string to_string(const ExternType& type) { return std::visit(ExternText{}, type); }

std::string_view extern_kind_name(ExternKind kind) noexcept {
  switch (kind) {
  case ExternKind::func: return "function";
  case ExternKind::table: return "table";
  case ExternKind::memory: return "memory";
  case ExternKind::global: return "global";
  case ExternKind::tag: return "tag";
  }
  return "unknown";
}

} // namespace skerry
