// Encodes control operations, and the operations enter, stack_op and look.
#include "vm/translate/emit/encode.hpp"

#include <algorithm>

namespace skerry::vm {

namespace {

void encode_branch(InstructionWriter& w, const Ir& ir) {
  w.jump(w.begin<layout::Branch>(ir.back ? w.handlers().branch_back : w.handlers().branch, ir), ir.jump.label,
         ir.charge);
}

void encode_branch_if(InstructionWriter& w, const Ir& ir) {
  const size_t index = (int_place(ir.a) * place::readable + int_place(ir.b)) * 2 + ir.back;
  auto& i =
      w.begin<layout::BranchIf>(w.handlers().branch_if[ir.wide][static_cast<size_t>(ir.compare)][index], ir);
  i.a = slot(ir.a);
  i.b = slot_or(ir.b, ir.jump.constant);
  w.jump(i, ir.jump.label, ir.charge);
}

void encode_branch_if_float(InstructionWriter& w, const Ir& ir) {
  const Opcode first = ir.wide ? Opcode::f64_eq : Opcode::f32_eq;
  const size_t compare = static_cast<size_t>(ir.opcode) - static_cast<size_t>(first);
  const size_t index = ((ir.negate * place::vector_writable + vector_place(ir.a)) * place::vector_readable +
                        vector_place(ir.b)) *
                           2 +
                       ir.back;
  const NumberedHandler handler = w.handlers().branch_if_float[ir.wide][compare][index];
  if (ir.wide && ir.b.is_constant()) {
    auto& i = w.begin<layout::BranchIfF64>(handler, ir);
    i.a = slot(ir.a);
    i.b.bits = ir.jump.constant;
    return w.jump(i, ir.jump.label, ir.charge);
  }
  auto& i = w.begin<layout::BranchIf>(handler, ir);
  i.a = slot(ir.a);
  i.b = slot_or_f32(ir.b, ir.jump.constant);
  w.jump(i, ir.jump.label, ir.charge);
}

void encode_count_branch(InstructionWriter& w, const Ir& ir) {
  const size_t index = int_place(ir.a) * place::readable + int_place(ir.b);
  auto& i = w.begin<layout::CountBranch>(
      w.handlers().count_branch[ir.wide][static_cast<size_t>(ir.compare)][index], ir);
  i.a = slot(ir.a);
  i.step = static_cast<decltype(i.step)>(ir.jump.step);
  i.b = slot_or(ir.b, ir.jump.constant);
  w.jump(i, ir.jump.label, ir.charge);
}

/// Encodes a branch_table operation. The branch table follows the first instruction that uses it. Several
/// instructions use one table if tail duplication has copied the operation.
void encode_branch_table(InstructionWriter& w, IrFunction& function, const Ir& ir) {
  TargetTable& table = function.branch_tables[ir.table.table];
  auto& i = w.begin<layout::BranchTable>(w.handlers().branch_table[int_place(ir.a)], ir);
  const bool is_first = table.code_offset == no_label;
  if (is_first) table.code_offset = w.offset();
  i.a = slot(ir.a);
  i.last = static_cast<uint32_t>(table.targets.size() - 1);
  i.table.distance = static_cast<int32_t>(table.code_offset - w.at());
  i.charge.fuel = ir.charge;
  if (is_first) w.add_table(table.targets);
}

void encode_return_none(InstructionWriter& w, layout::Slot link, const Ir& ir) {
  auto& i = w.begin<layout::ReturnNone>(w.handlers().return_none, ir);
  i.link = link;
  i.charge.fuel = ir.charge;
}

void encode_return_constant(InstructionWriter& w, layout::Slot link, NumberedHandler handler, const Ir& ir) {
  auto& i = w.begin<layout::ReturnConstant>(handler, ir);
  i.a.bits = ir.number.constant;
  i.link = link;
  i.charge.fuel = ir.charge;
}

void encode_return_(InstructionWriter& w, layout::Slot link, NumberedHandler handler, const Ir& ir) {
  if (ir.a.is_constant()) return encode_return_constant(w, link, handler, ir);
  auto& i = w.begin<layout::Return>(handler, ir);
  i.a = slot(ir.a);
  i.link = link;
  i.charge.fuel = ir.charge;
}

void encode_enter(InstructionWriter& w, const Ir& ir) {
  auto& i = w.begin<layout::Enter>(w.handlers().enter[std::min(ir.slots.count, enter_unrolled + 1) - 1], ir);
  i.first = static_cast<layout::Slot>(ir.slots.first);
  i.count = ir.slots.count;
}

void encode_stack_op(InstructionWriter& w, const Ir& ir) {
  auto& i = w.begin<layout::StackOp>({w.handlers().stack_op[static_cast<size_t>(ir.opcode)]}, ir);
  i.first = static_cast<layout::Slot>(ir.stack.first);
  i.index = ir.stack.index;
  i.second = ir.stack.second;
  i.charge.fuel = static_cast<decltype(i.charge.fuel)>(ir.charge);
}

void encode_look(InstructionWriter& w, const Ir& ir) {
  w.begin<layout::Look>(w.handlers().look, ir).charge.fuel = ir.charge;
}

void put_site(layout::CallSite& site, const Ir& ir) {
  site.distance = static_cast<uint32_t>(ir.call.frame * sizeof(uint64_t));
  site.charge.fuel = ir.charge;
}

void encode_call(InstructionWriter& w, NumberedHandler handler, const Ir& ir) {
  auto& i = w.begin<layout::Call>(handler, ir);
  put_site(i.site, ir);
  i.callee = ir.call.callee;
}

void encode_call_indirect(InstructionWriter& w, const Ir& ir) {
  auto& i = w.begin<layout::CallIndirect>(w.handlers().call_indirect[int_place(ir.a)], ir);
  put_site(i.site, ir);
  i.a = slot(ir.a);
  i.type = ir.call.type;
  i.table = ir.call.table;
}

void encode_call_ref(InstructionWriter& w, const Ir& ir) {
  auto& i = w.begin<layout::CallRef>(w.handlers().call_ref[int_place(ir.a)], ir);
  put_site(i.site, ir);
  i.a = slot(ir.a);
}

void encode_return_call(InstructionWriter& w, layout::Slot link, NumberedHandler handler, const Ir& ir) {
  auto& i = w.begin<layout::ReturnCall>(handler, ir);
  put_site(i.site, ir);
  i.callee = ir.call.callee;
  i.link = link;
}

void encode_return_call_indirect(InstructionWriter& w, layout::Slot link, const Ir& ir) {
  auto& i = w.begin<layout::ReturnCallIndirect>(w.handlers().return_call_indirect[int_place(ir.a)], ir);
  put_site(i.site, ir);
  i.a = slot(ir.a);
  i.type = ir.call.type;
  i.table = ir.call.table;
  i.link = link;
}

void encode_return_call_ref(InstructionWriter& w, layout::Slot link, const Ir& ir) {
  auto& i = w.begin<layout::ReturnCallRef>(w.handlers().return_call_ref[int_place(ir.a)], ir);
  put_site(i.site, ir);
  i.a = slot(ir.a);
  i.link = link;
}

/// Encodes an operation that leaves the function's frame: a return or a tail call. `link` is the slot of the
/// frame's return address.
void encode_leave(InstructionWriter& w, layout::Slot link, const Ir& ir) {
  const HandlerTable& handlers = w.handlers();
  switch (ir.operation) {
  case Operation::return_: return encode_return_(w, link, handlers.return_[int_place(ir.a)], ir);
  case Operation::return_float:
    return encode_return_(w, link, handlers.return_float[ir.wide][vector_place(ir.a)], ir);
  case Operation::return_none: return encode_return_none(w, link, ir);
  case Operation::return_call: return encode_return_call(w, link, handlers.return_call, ir);
  case Operation::return_call_import: return encode_return_call(w, link, handlers.return_call_import, ir);
  case Operation::return_call_indirect: return encode_return_call_indirect(w, link, ir);
  case Operation::return_call_ref: return encode_return_call_ref(w, link, ir);
  default: return;
  }
}

} // namespace

void encode_control(InstructionWriter& w, IrFunction& function, const Ir& ir) {
  switch (ir.operation) {
  case Operation::label: return w.bind(ir.jump.label);
  case Operation::branch: return encode_branch(w, ir);
  case Operation::branch_if: return encode_branch_if(w, ir);
  case Operation::branch_if_float: return encode_branch_if_float(w, ir);
  case Operation::count_branch: return encode_count_branch(w, ir);
  case Operation::branch_table: return encode_branch_table(w, function, ir);
  case Operation::enter: return encode_enter(w, ir);
  case Operation::call: return encode_call(w, w.handlers().call, ir);
  case Operation::call_import: return encode_call(w, w.handlers().call_import, ir);
  case Operation::call_indirect: return encode_call_indirect(w, ir);
  case Operation::call_ref: return encode_call_ref(w, ir);
  case Operation::stack_op: return encode_stack_op(w, ir);
  case Operation::look: return encode_look(w, ir);
  case Operation::unreachable: return void(w.begin<layout::None>(w.handlers().unreachable, ir));
  default: return encode_leave(w, static_cast<layout::Slot>(function.link_slot), ir);
  }
}

} // namespace skerry::vm
