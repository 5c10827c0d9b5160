// The vector instructions whose operands must be in slots, because these instructions are rare or have long
// handlers. Operands in VM registers would need one more handler for each combination of places and each SIMD
// target.
#pragma once

#include "vm/isa/opcode.hpp"

namespace skerry::vm {

/// Returns whether `op` is a vector instruction whose operands and result must all be in slots.
constexpr bool is_slots_only(Opcode op) {
  switch (op) {
  case Opcode::i8x16_popcnt:
  case Opcode::i8x16_narrow_i16x8_s:
  case Opcode::i8x16_narrow_i16x8_u:
  case Opcode::i16x8_narrow_i32x4_s:
  case Opcode::i16x8_narrow_i32x4_u:
  case Opcode::i8x16_add_sat_s:
  case Opcode::i8x16_add_sat_u:
  case Opcode::i8x16_sub_sat_s:
  case Opcode::i8x16_sub_sat_u:
  case Opcode::i16x8_add_sat_s:
  case Opcode::i16x8_add_sat_u:
  case Opcode::i16x8_sub_sat_s:
  case Opcode::i16x8_sub_sat_u:
  case Opcode::i8x16_avgr_u:
  case Opcode::i16x8_avgr_u:
  case Opcode::i16x8_q15mulr_sat_s:
  case Opcode::i16x8_extadd_pairwise_i8x16_s:
  case Opcode::i16x8_extadd_pairwise_i8x16_u:
  case Opcode::i32x4_extadd_pairwise_i16x8_s:
  case Opcode::i32x4_extadd_pairwise_i16x8_u:
  case Opcode::i32x4_trunc_sat_f32x4_s:
  case Opcode::i32x4_trunc_sat_f32x4_u:
  case Opcode::i32x4_trunc_sat_f64x2_s_zero:
  case Opcode::i32x4_trunc_sat_f64x2_u_zero:
  case Opcode::f32x4_convert_i32x4_s:
  case Opcode::f32x4_convert_i32x4_u:
  case Opcode::f64x2_convert_low_i32x4_s:
  case Opcode::f64x2_convert_low_i32x4_u:
  case Opcode::f32x4_demote_f64x2_zero:
  case Opcode::f64x2_promote_low_f32x4: return true;
  default: return false;
  }
}

} // namespace skerry::vm
