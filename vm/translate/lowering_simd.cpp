// Lane instructions, and the vector loads and stores that consist of simpler instructions.
#include "vm/translate/lowering.hpp"

namespace skerry::vm {

namespace {

/// Returns the offset of the lane in the vector, in bytes.
uint32_t lane_offset(Opcode op, uint32_t lane) { return lane * (16u / info(op).lanes); }

} // namespace

void Lowering::simd_lane(const Instruction& instr) {
  using enum Opcode;
  switch (instr.op) {
  case i8x16_shuffle: return shuffle(instr);
  case v128_load8_lane: return load_lane(instr, i32_load8_u, i8x16_replace_lane);
  case v128_load16_lane: return load_lane(instr, i32_load16_u, i16x8_replace_lane);
  case v128_load32_lane: return load_lane(instr, i32_load, i32x4_replace_lane);
  case v128_load64_lane: return load_lane(instr, i64_load, i64x2_replace_lane);
  case v128_store8_lane: return store_lane(instr, i8x16_extract_lane_u, i32_store8);
  case v128_store16_lane: return store_lane(instr, i16x8_extract_lane_u, i32_store16);
  case v128_store32_lane: return store_lane(instr, i32x4_extract_lane, i32_store);
  case v128_store64_lane: return store_lane(instr, i64x2_extract_lane, i64_store);
  default: break;
  }
  if (info(instr.op).signature[1] == '>') return extract_lane(instr.op, instr.lane);
  const Entry value = pop(), vector = pop();
  replace_lane(instr.op, instr.lane, vector, value);
}

void Lowering::extract_lane(Opcode op, uint32_t lane) {
  const Entry vector = pop();
  Ir& ir = emit(Operation::extract_lane);
  ir.row = op;
  ir.lane.first_byte = lane_offset(op, lane);
  ir.a = operand(vector);
  ir.d = Operand::slot(vector.slot);
  push_temp(info(op).signature[2], last());
}

/// The slots of the result may overlap those of the operands, because the operation reads before it writes.
void Lowering::replace_lane(Opcode op, uint32_t lane, Entry vector, Entry value) {
  value = materialize(value);
  Ir& ir = emit(Operation::replace_lane);
  ir.row = op;
  ir.lane.first_byte = lane_offset(op, lane);
  ir.a = operand(vector);
  ir.b = operand(value);
  ir.d = Operand::slot(next_slot_);
  push_temp('v', last());
}

void Lowering::shuffle(const Instruction& instr) {
  const Entry b = pop(), a = pop();
  Ir& ir = emit(Operation::shuffle);
  ir.bytes = instr.bytes;
  ir.a = operand(a);
  ir.b = operand(b);
  ir.d = Operand::slot(a.slot);
  push_temp('v', last());
}

void Lowering::load_lane(const Instruction& instr, Opcode load_op, Opcode replace_op) {
  const Entry vector = pop();
  load(load_op, instr.memarg); // writes only the slot of the address, which is below the vector
  const Entry value = pop();
  replace_lane(replace_op, instr.lane, vector, value);
}

void Lowering::store_lane(const Instruction& instr, Opcode extract_op, Opcode store_op) {
  extract_lane(extract_op, instr.lane);
  store(store_op, instr.memarg);
}

} // namespace skerry::vm
