// Calls: arguments are flushed to their slots, at which the callee's frame begins.
#include "vm/translate/lowering.hpp"

#include <algorithm>

namespace skerry::vm {

/// The caller need not set detail.frame. `callee` is the reference, or the index in a table.
void Lowering::call(Operation operation, const CanonicalType& type, CallDetail detail, Operand callee) {
  settle(type.params().size());
  drop(type.params()); // they belong to the callee now; their slots remain in use
  detail.frame = next_slot_;
  Ir& ir = emit(operation); // before pay(), so that it records the owed fuel
  ir.a = callee;
  ir.call = detail;
  ir.charge = pay();
  push_results(type.results());
  if (operation >= Operation::return_call) return_();
}

void Lowering::direct_call(uint32_t index, bool is_tail) {
  const bool imported = index < module_.imported_functions;
  Operation operation = imported ? Operation::call_import : Operation::call;
  if (is_tail) operation = imported ? Operation::return_call_import : Operation::return_call;
  CallDetail detail{};
  detail.callee = imported ? index : layout_.func(index - module_.imported_functions);
  call(operation, module_.func_type(index), detail);
}

void Lowering::indirect_call(const Instruction& instr, bool is_tail) {
  const Entry index = materialize(pop());
  const CanonicalType& type = module_.type(instr.index[0]);
  CallDetail detail{};
  detail.type = type.id();
  detail.table = instr.index[1];
  call(is_tail ? Operation::return_call_indirect : Operation::call_indirect, type, detail, operand(index));
}

void Lowering::ref_call(const Instruction& instr, bool is_tail) {
  const Entry ref = materialize(pop());
  call(is_tail ? Operation::return_call_ref : Operation::call_ref, module_.type(instr.index[0]), {},
       operand(ref));
}

} // namespace skerry::vm
