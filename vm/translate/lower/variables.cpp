#include "vm/translate/lower/variables.hpp"

#include "vm/translate/lower/stack_op.hpp"

namespace skerry::vm {

void lower_constant(LoweringContext& cx, const Instruction& instr) {
  if (instr.op != Opcode::v128_const)
    return cx.stack.push(StackEntry::of_constant(OperandType{info(instr.op).signature[1]}, instr.value));
  Ir& ir = cx.ir.emit(Operation::constant128);
  ir.bytes = instr.bytes;
  ir.d = Operand::slot(cx.stack.next_slot());
  cx.stack.push_result(OperandType::v128);
}

/// Returns an entry that `select` can read: its constants have at most 16 bits and are not floats.
static StackEntry selectable(LoweringContext& cx, StackEntry entry) {
  const bool is_small = layout::SlotOrConstant16::can_hold(static_cast<int64_t>(entry.constant()));
  return is_small && !is_vector_class(entry.type) ? entry : cx.stack.materialize(entry);
}

void lower_select(LoweringContext& cx) {
  StackEntry c = cx.stack.pop(), b = cx.stack.pop(), a = cx.stack.pop();
  a = selectable(cx, a);
  b = selectable(cx, b);
  c = cx.stack.materialize(c);
  Ir& ir = cx.ir.emit(is_vector_class(a.type) ? Operation::select_slots : Operation::select);
  ir.pair = a.type == OperandType::v128;
  ir.a = cx.stack.operand(a);
  ir.b = cx.stack.operand(b);
  ir.c = cx.stack.operand(c);
  ir.d = Operand::slot(a.slot);
  cx.stack.push_result(a.type);
}

/// Returns where an operation finds the global: its offset in the instance, or its index if it is imported.
static GlobalDetail place_of(const LoweringContext& cx, uint32_t index, bool is_imported) {
  return {is_imported ? index : cx.layout.global_value(index - cx.module.imported_globals)};
}

void lower_global_get(LoweringContext& cx, uint32_t index) {
  const OperandType type = operand_type(cx.module.globals[index].type.value);
  if (type == OperandType::v128) return lower_stack_op(cx, Opcode::global_get, 0, {type}, index);
  const bool is_imported = index < cx.module.imported_globals;
  Ir& ir = cx.ir.emit(is_imported ? Operation::imported_global_get : Operation::global_get);
  ir.global = place_of(cx, index, is_imported);
  ir.d = Operand::slot(cx.stack.next_slot());
  cx.stack.push_result(type);
}

void lower_global_set(LoweringContext& cx, uint32_t index) {
  if (operand_type(cx.module.globals[index].type.value) == OperandType::v128)
    return lower_stack_op(cx, Opcode::global_set, 1, {}, index);
  const bool is_imported = index < cx.module.imported_globals;
  const StackEntry value = cx.stack.materialize(cx.stack.pop());
  Ir& ir = cx.ir.emit(is_imported ? Operation::imported_global_set : Operation::global_set);
  ir.global = place_of(cx, index, is_imported);
  ir.a = cx.stack.operand(value);
}

} // namespace skerry::vm
