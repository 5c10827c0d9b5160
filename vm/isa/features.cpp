#include "vm/isa/features.hpp"

namespace skerry::vm {

std::string_view feature_name(Feature feature) {
  switch (feature) {
  case Feature::mvp: return "mvp";
  case Feature::mutable_globals: return "mutable-globals";
  case Feature::sign_extension: return "sign-extension";
  case Feature::saturating_float_to_int: return "saturating-float-to-int";
  case Feature::multi_value: return "multi-value";
  case Feature::bulk_memory: return "bulk-memory";
  case Feature::reference_types: return "reference-types";
  case Feature::simd: return "simd";
  case Feature::tail_call: return "tail-call";
  case Feature::extended_const: return "extended-const";
  case Feature::function_references: return "function-references";
  case Feature::gc: return "gc";
  case Feature::exceptions: return "exceptions";
  case Feature::multi_memory: return "multi-memory";
  case Feature::memory64: return "memory64";
  case Feature::relaxed_simd: return "relaxed-simd";
  case Feature::count_: break;
  }
  return "unknown";
}

Feature required_feature(ValType type) {
  if (type.is_vec()) return Feature::simd;
  if (type.kind() == ValType::i8 || type.kind() == ValType::i16) return Feature::gc;
  if (!type.is_ref()) return Feature::mvp;
  switch (type.heap()) {
  case HeapType::exn:
  case HeapType::noexn: return Feature::exceptions;
  case HeapType::func:
  case HeapType::extern_: return type.is_nullable() ? Feature::reference_types : Feature::function_references;
  default: return static_cast<int32_t>(type.heap()) < 0 ? Feature::gc : Feature::function_references;
  }
}

} // namespace skerry::vm
