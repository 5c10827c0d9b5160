// Calls: arguments are flushed to their slots, where the callee's frame begins.
#include "vm/translate/lowering.hpp"

#include <algorithm>

namespace skerry::vm {

/// `callee`: the instance's function, its offset, or the type; `index` and `table` for what is called through
/// them.
void Lowering::call(Operation operation, const CanonicalType& type, int64_t callee, Operand index,
                    uint32_t table) {
  settle(type.params().size());
  drop(type.params()); // they belong to the callee now; their slots stay used
  const uint32_t slot = next_slot_;
  Ir& ir = emit(operation); // fuel is owed until the charge
  ir.a = index;
  ir.imm = static_cast<int32_t>(callee);
  ir.imm2 = static_cast<int64_t>(slot);
  ir.label = table;
  ir.charge = pay();
  push_results(type.results());
  if (operation >= Operation::return_call) return_();
}

void Lowering::direct_call(uint32_t index, bool is_tail) {
  const bool imported = index < module_.imported_functions;
  Operation operation = imported ? Operation::call_import : Operation::call;
  if (is_tail) operation = imported ? Operation::return_call_import : Operation::return_call;
  call(operation, module_.func_type(index),
       imported ? index : layout_.func(index - module_.imported_functions));
}

void Lowering::indirect_call(const Instruction& instr, bool is_tail) {
  const Entry index = materialize(pop());
  const CanonicalType& type = module_.type(instr.index[0]);
  call(is_tail ? Operation::return_call_indirect : Operation::call_indirect, type, type.id(), operand(index),
       instr.index[1]);
}

void Lowering::ref_call(const Instruction& instr, bool is_tail) {
  const Entry ref = materialize(pop());
  call(is_tail ? Operation::return_call_ref : Operation::call_ref, module_.type(instr.index[0]), 0,
       operand(ref));
}

} // namespace skerry::vm
