#include "vm/translate/lower/lanes.hpp"

#include "vm/translate/lower/memory.hpp"

namespace skerry::vm {

namespace {

/// Returns the offset of the lane in the vector, in bytes.
uint32_t lane_offset(Opcode op, uint32_t lane) { return lane * (16u / info(op).lanes); }

void extract_lane(LoweringContext& cx, Opcode op, uint32_t lane) {
  const StackEntry vector = cx.stack.pop();
  Ir& ir = cx.ir.emit(Operation::extract_lane);
  ir.opcode = op;
  ir.lane.first_byte = lane_offset(op, lane);
  ir.a = cx.stack.operand(vector);
  ir.d = Operand::slot(vector.slot);
  cx.stack.push_result(OperandType{info(op).signature[2]});
}

/// The slots of the result may overlap the slots of the operands, because the operation reads all its
/// operands before it writes.
void replace_lane(LoweringContext& cx, Opcode op, uint32_t lane, StackEntry vector, StackEntry value) {
  value = cx.stack.materialize(value);
  Ir& ir = cx.ir.emit(Operation::replace_lane);
  ir.opcode = op;
  ir.lane.first_byte = lane_offset(op, lane);
  ir.a = cx.stack.operand(vector);
  ir.b = cx.stack.operand(value);
  ir.d = Operand::slot(cx.stack.next_slot());
  cx.stack.push_result(OperandType::v128);
}

void shuffle(LoweringContext& cx, const Instruction& instr) {
  const StackEntry b = cx.stack.pop(), a = cx.stack.pop();
  Ir& ir = cx.ir.emit(Operation::shuffle);
  ir.bytes = instr.bytes;
  ir.a = cx.stack.operand(a);
  ir.b = cx.stack.operand(b);
  ir.d = Operand::slot(a.slot);
  cx.stack.push_result(OperandType::v128);
}

void load_lane(LoweringContext& cx, const Instruction& instr, Opcode load_op, Opcode replace_op) {
  const StackEntry vector = cx.stack.pop();
  lower_load(cx, load_op, instr.memarg); // writes only the slot of the address, which is below the vector
  const StackEntry value = cx.stack.pop();
  replace_lane(cx, replace_op, instr.lane, vector, value);
}

void store_lane(LoweringContext& cx, const Instruction& instr, Opcode extract_op, Opcode store_op) {
  extract_lane(cx, extract_op, instr.lane);
  lower_store(cx, store_op, instr.memarg);
}

} // namespace

void lower_lane(LoweringContext& cx, const Instruction& instr) {
  using enum Opcode;
  switch (instr.op) {
  case i8x16_shuffle: return shuffle(cx, instr);
  case v128_load8_lane: return load_lane(cx, instr, i32_load8_u, i8x16_replace_lane);
  case v128_load16_lane: return load_lane(cx, instr, i32_load16_u, i16x8_replace_lane);
  case v128_load32_lane: return load_lane(cx, instr, i32_load, i32x4_replace_lane);
  case v128_load64_lane: return load_lane(cx, instr, i64_load, i64x2_replace_lane);
  case v128_store8_lane: return store_lane(cx, instr, i8x16_extract_lane_u, i32_store8);
  case v128_store16_lane: return store_lane(cx, instr, i16x8_extract_lane_u, i32_store16);
  case v128_store32_lane: return store_lane(cx, instr, i32x4_extract_lane, i32_store);
  case v128_store64_lane: return store_lane(cx, instr, i64x2_extract_lane, i64_store);
  default: break;
  }
  if (info(instr.op).signature[1] == '>') return extract_lane(cx, instr.op, instr.lane);
  const StackEntry value = cx.stack.pop(), vector = cx.stack.pop();
  replace_lane(cx, instr.op, instr.lane, vector, value);
}

} // namespace skerry::vm
