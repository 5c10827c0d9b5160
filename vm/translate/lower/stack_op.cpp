#include "vm/translate/lower/stack_op.hpp"

namespace skerry::vm {

/// Returns whether the instruction charges and checks the fuel before it begins, because it may run for long
/// or wait for the system.
static bool pays(Opcode op) {
  switch (op) {
  case Opcode::memory_grow:
  case Opcode::memory_fill:
  case Opcode::memory_copy:
  case Opcode::memory_init:
  case Opcode::table_grow:
  case Opcode::table_fill:
  case Opcode::table_copy:
  case Opcode::table_init: return true;
  default: return false;
  }
}

void lower_stack_op(LoweringContext& cx, Opcode op, uint32_t pops, std::initializer_list<OperandType> results,
                    uint64_t first, uint64_t second) {
  cx.stack.settle(pops);
  const uint32_t end = cx.stack.next_slot();
  for (uint32_t i = 0; i < pops; ++i) cx.stack.pop();
  const uint32_t at = cx.stack.next_slot();
  Ir& ir = cx.ir.emit(Operation::stack_op);
  ir.opcode = op;
  ir.stack = {static_cast<uint16_t>(at), static_cast<uint16_t>(end - at), static_cast<uint32_t>(first),
              second};
  ir.keep = true;
  if (pays(op)) ir.charge = cx.fuel.pay();
  for (const OperandType type : results) cx.stack.push_temp(type, OperandStack::none);
}

} // namespace skerry::vm
