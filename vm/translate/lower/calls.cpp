#include "vm/translate/lower/calls.hpp"

namespace skerry::vm {

/// Emits a call. `callee` is the reference of a call_ref or the table index of a call_indirect, which the
/// caller has already popped. For a direct call, `callee` is empty. lower_call() sets detail.frame; the
/// caller sets the other fields of `detail`.
static void lower_call(LoweringContext& cx, Operation operation, const CanonicalType& type, CallDetail detail,
                       Operand callee) {
  cx.stack.settle(type.params().size());
  cx.stack.drop(type.params()); // they belong to the callee now; their slots remain in use
  detail.frame = cx.stack.next_slot();
  Ir& ir = cx.ir.emit(operation); // before pay(), so that it records the owed fuel
  ir.a = callee;
  ir.call = detail;
  ir.charge = cx.fuel.pay();
  cx.stack.push_all(type.results());
}

void lower_direct_call(LoweringContext& cx, uint32_t index, bool is_tail) {
  const bool imported = index < cx.module.imported_functions;
  Operation operation = imported ? Operation::call_import : Operation::call;
  if (is_tail) operation = imported ? Operation::return_call_import : Operation::return_call;
  CallDetail detail{};
  detail.callee = imported ? index : cx.layout.func(index - cx.module.imported_functions);
  lower_call(cx, operation, cx.module.func_type(index), detail, {});
}

void lower_indirect_call(LoweringContext& cx, const Instruction& instr, bool is_tail) {
  const StackEntry index = cx.stack.materialize(cx.stack.pop());
  const CanonicalType& type = cx.module.type(instr.index[0]);
  CallDetail detail{};
  detail.type = type.id();
  detail.table = instr.index[1];
  lower_call(cx, is_tail ? Operation::return_call_indirect : Operation::call_indirect, type, detail,
             cx.stack.operand(index));
}

void lower_ref_call(LoweringContext& cx, const Instruction& instr, bool is_tail) {
  const StackEntry ref = cx.stack.materialize(cx.stack.pop());
  lower_call(cx, is_tail ? Operation::return_call_ref : Operation::call_ref, cx.module.type(instr.index[0]),
             {}, cx.stack.operand(ref));
}

} // namespace skerry::vm
