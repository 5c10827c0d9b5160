#include "vm/translate/lower/ir_builder.hpp"

namespace skerry::vm {

namespace {

/// `most_seen` is the largest number of operations that a search examines. It suffices for the index
/// arithmetic that compilers put between a value and its use. can_move_to_end() does not count removed
/// operations (nop), and passes up to `most_removed` of them.
constexpr uint32_t most_seen = 24, most_removed = 1000;

bool is_pure(const Ir& ir) {
  switch (ir.operation) {
  case Operation::binary:
  case Operation::unary:
  case Operation::lea: return info(ir.opcode).op_class != OpClass::trapping;
  default: return false;
  }
}

/// Returns whether nothing may be moved across the operation.
bool is_barrier(const Ir& ir) {
  switch (ir.operation) {
  case Operation::label:
  case Operation::count_branch:
  case Operation::stack_op:
  case Operation::copy_slots: return true;
  default: return ir.is_call();
  }
}

bool writes_operand_of(const Ir& writer, const Ir& ir) {
  const Operand& d = writer.d;
  return d.same_slot(ir.a) || d.same_slot(ir.b) || d.same_slot(ir.c) || d.same_slot(ir.d);
}

} // namespace

uint32_t IrBuilder::last_open() const {
  uint32_t i = code_.size();
  while (i > sealed_ && code_[i - 1].operation == Operation::nop) --i;
  return i > sealed_ ? i - 1 : none;
}

bool IrBuilder::can_move_to_end(uint32_t index) const {
  const Ir& moved = code_[index];
  if (!is_open(index) || moved.keep || last() - index > most_seen + most_removed) return false;
  uint32_t seen = 0;
  for (uint32_t i = index + 1; i < code_.size(); ++i) {
    const Ir& ir = code_[i];
    if (ir.operation == Operation::nop) continue;
    if (++seen > most_seen || is_barrier(ir) || writes_operand_of(ir, moved)) return false;
  }
  return true;
}

Ir* IrBuilder::find_pure(uint32_t index, uint32_t slot) {
  if (index == none || !is_open(index)) return nullptr;
  Ir& ir = code_[index];
  return is_pure(ir) && ir.d.is_slot(slot) && can_move_to_end(index) ? &ir : nullptr;
}

uint32_t IrBuilder::find_writer(uint32_t slot, uint32_t before) const {
  for (uint32_t i = std::min(before, code_.size()); i-- > sealed_ && before - i < most_seen;)
    if (code_[i].d.is_slot(slot)) return i;
  return none;
}

void IrBuilder::remove(uint32_t index) {
  code_[index] = Ir{};
  while (code_.size() > sealed_ && code_.back().operation == Operation::nop) code_.pop_back();
}

Ir IrBuilder::take_last() {
  const Ir taken = code_.back();
  code_.pop_back();
  return taken;
}

Ir IrBuilder::take(uint32_t index) {
  const Ir taken = code_[index];
  code_.shrink(index);
  return taken;
}

} // namespace skerry::vm
