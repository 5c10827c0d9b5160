// Calls: arguments are flushed to their slots, where the callee's frame begins.
#include "vm/translate/lowering.hpp"

#include <algorithm>

namespace skerry::vm {

void Lowering::call(Ir ir, const FuncType& type, bool is_tail) {
  const auto count = static_cast<uint32_t>(type.params.size());
  flush_top(count);
  keep_top(count);
  truncate_arguments(count);
  const uint32_t slot = next_slot();
  ir.imm2 = static_cast<int64_t>(slot);
  ir.count = function_.link_slot; // tail calls leave this frame
  ir.charge = pending_;
  pending_ = 0;
  emit(ir);
  ir_.back().pending = ir.charge; // fuel is owed until the charge
  push_results(type.results);
  if (is_tail) return_();
}

/// Arguments belong to the callee now; their slots stay used.
void Lowering::truncate_arguments(uint32_t count) { truncate(static_cast<uint32_t>(stack_.size()) - count); }

void Lowering::direct_call(const Instruction& instr, bool is_tail) {
  const uint32_t index = instr.index[0];
  const bool imported = index < module_.imported_functions;
  Ir ir{.operation = imported ? Operation::call_import : Operation::call};
  if (is_tail) ir.operation = imported ? Operation::return_call_import : Operation::return_call;
  ir.imm = imported ? index : layout_.func(index - module_.imported_functions);
  call(ir, module_.func_type(index), is_tail);
}

void Lowering::indirect_call(const Instruction& instr, bool is_tail) {
  const Entry index = materialize(pop());
  Ir ir{.operation = is_tail ? Operation::return_call_indirect : Operation::call_indirect};
  ir.a = operand(index);
  ir.imm = module_.types[instr.index[0]].id;
  ir.label = instr.index[1]; // table
  call(ir, module_.types[instr.index[0]].func, is_tail);
}

void Lowering::ref_call(const Instruction& instr, bool is_tail) {
  const Entry ref = materialize(pop());
  Ir ir{.operation = is_tail ? Operation::return_call_ref : Operation::call_ref};
  ir.a = operand(ref);
  call(ir, module_.types[instr.index[0]].func, is_tail);
}

} // namespace skerry::vm
