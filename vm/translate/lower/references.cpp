#include "vm/translate/lower/references.hpp"

#include "vm/translate/lower/numeric.hpp"
#include "vm/translate/lower/stack_op.hpp"

namespace skerry::vm {

namespace {

bool lower_reference(LoweringContext& cx, const Instruction& instr) {
  switch (instr.op) {
  case Opcode::ref_null: cx.stack.push(StackEntry::of_constant(OperandType::ref, 0)); return true;
  case Opcode::ref_is_null: lower_unary(cx, Opcode::i64_eqz); return true;
  case Opcode::ref_eq: lower_binary(cx, Opcode::i64_eq); return true;
  case Opcode::ref_func: lower_stack_op(cx, instr.op, 0, {OperandType::ref}, instr.index[0]); return true;
  case Opcode::ref_as_non_null: lower_stack_op(cx, instr.op, 1, {OperandType::ref}, 0); return true;
  default: return false;
  }
}

bool lower_table(LoweringContext& cx, const Instruction& instr) {
  const uint32_t table = instr.index[0];
  const auto address = [&] { return address_type(cx.module.tables[table].type.limits); };
  switch (instr.op) {
  case Opcode::table_get: lower_stack_op(cx, instr.op, 1, {OperandType::ref}, table); return true;
  case Opcode::table_set: lower_stack_op(cx, instr.op, 2, {}, table); return true;
  case Opcode::table_size: lower_stack_op(cx, instr.op, 0, {address()}, table); return true;
  case Opcode::table_grow: lower_stack_op(cx, instr.op, 2, {address()}, table); return true;
  case Opcode::table_fill: lower_stack_op(cx, instr.op, 3, {}, table); return true;
  case Opcode::table_copy:
  case Opcode::table_init: lower_stack_op(cx, instr.op, 3, {}, table, instr.index[1]); return true;
  case Opcode::elem_drop: lower_stack_op(cx, instr.op, 0, {}, instr.index[0]); return true;
  default: return false;
  }
}

bool lower_bulk_memory(LoweringContext& cx, const Instruction& instr) {
  const uint32_t memory = instr.index[0];
  const auto address = [&] { return address_type(cx.module.memories[memory].limits); };
  switch (instr.op) {
  case Opcode::memory_size: lower_stack_op(cx, instr.op, 0, {address()}, memory); return true;
  case Opcode::memory_grow: lower_stack_op(cx, instr.op, 1, {address()}, memory); return true;
  case Opcode::memory_fill: lower_stack_op(cx, instr.op, 3, {}, memory); return true;
  case Opcode::memory_copy:
  case Opcode::memory_init: lower_stack_op(cx, instr.op, 3, {}, memory, instr.index[1]); return true;
  case Opcode::data_drop: lower_stack_op(cx, instr.op, 0, {}, instr.index[0]); return true;
  default: return false;
  }
}

} // namespace

bool lower_reference_or_bulk(LoweringContext& cx, const Instruction& instr) {
  return lower_reference(cx, instr) || lower_table(cx, instr) || lower_bulk_memory(cx, instr);
}

} // namespace skerry::vm
