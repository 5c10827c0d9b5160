// Operand types as the translator distinguishes them: by size, and by the class of VM register that can hold
// them.
#pragma once

#include "skerry/types.hpp"

#include <cstdint>

namespace skerry::vm {

/// The type of an operand. The enumerators are the letters of the signatures in opcodes.def, except `ref` and
/// `none`, which no signature contains.
enum class OperandType : char {
  i32 = 'i',
  i64 = 'I',
  f32 = 'f',
  f64 = 'F',
  v128 = 'v',
  ref = 'r',
  none = '-'
};

constexpr OperandType operand_type(ValType type) {
  switch (type.kind()) {
  case ValType::i32_: return OperandType::i32;
  case ValType::i64_: return OperandType::i64;
  case ValType::f32_: return OperandType::f32;
  case ValType::f64_: return OperandType::f64;
  case ValType::v128_: return OperandType::v128;
  default: return OperandType::ref;
  }
}
/// Returns the address type of a memory or table with these limits.
constexpr OperandType address_type(const Limits& limits) {
  return limits.is_64 ? OperandType::i64 : OperandType::i32;
}
constexpr uint32_t slots_of(OperandType type) { return type == OperandType::v128 ? 2 : 1; }
/// Returns whether operands of this type can be in vector registers (otherwise in integer registers).
constexpr bool is_vector_class(OperandType type) {
  return type == OperandType::f32 || type == OperandType::f64 || type == OperandType::v128;
}

} // namespace skerry::vm
