// The symbolic operand stack: where each operand is, and when it must be in its slot.
#include "vm/translate/lowering.hpp"

#include <algorithm>

namespace skerry::vm {

void Lowering::push_results(const TypeList& types) {
  for (const ValType type : types) push_temp(letter_of(type), none);
}

void Lowering::truncate(uint32_t height) {
  while (stack_.size() > height) pop();
}

uint32_t Lowering::emit_move(uint32_t slot, Entry entry) {
  Ir& ir = emit(entry.letter == 'v'             ? Operation::move128
                : class_of(entry.letter) == 'v' ? Operation::vmove
                                                : Operation::move);
  ir.wide = entry.letter == 'F';
  ir.d = Operand::slot(slot);
  ir.a = operand(entry);
  return last();
}

/// Puts the entry into its slot. Entries are flushed from the top down, so that one that reads a local is the
/// highest of its chain.
void Lowering::flush(Entry& entry) {
  if (entry.where == Entry::Where::temp) return;
  const uint32_t def = emit_move(entry.slot, entry);
  if (entry.where == Entry::Where::local) locals_[entry.local].read = static_cast<uint32_t>(entry.previous);
  entry.where = Entry::Where::temp;
  entry.def = def;
}

void Lowering::flush_top(uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) flush(stack_[stack_.size() - 1 - i]);
}

void Lowering::flush_all() {
  for (size_t i = stack_.size(); i > clean_; --i) flush(stack_[i - 1]);
  clean_ = static_cast<uint32_t>(stack_.size());
}

/// The top entries are read where control flow joins, or by an operation that names no operands.
void Lowering::keep_top(uint32_t count) {
  for (size_t i = stack_.size() - count; i < stack_.size(); ++i)
    if (stack_[i].where == Entry::Where::temp && stack_[i].def != none) ir_[stack_[i].def].keep = true;
}

/// Constants that an operation cannot take as immediates go through their slot (or a register in its place).
Lowering::Entry Lowering::materialize(Entry entry) {
  if (entry.where != Entry::Where::constant) return entry;
  entry.def = emit_move(entry.slot, entry);
  entry.where = Entry::Where::temp;
  return entry;
}

/// Far enough for the index arithmetic that compilers put between a value and its use.
static constexpr uint32_t look_back = 24;

/// Could the operation be moved to the end? Not across labels, calls, or what changes its operands.
bool Lowering::can_sink(uint32_t index) const {
  const Ir& x = ir_[index];
  if (index < barrier_ || x.keep) return false;
  uint32_t seen = 0;
  for (size_t i = index + 1; i < ir_.size(); ++i) {
    const Ir& y = ir_[i];
    if (y.operation == Operation::nop) continue;
    if (++seen > look_back || y.is_call() || y.operation == Operation::label) return false;
    if (y.operation == Operation::count_branch || y.operation == Operation::stack_op ||
        y.operation == Operation::copy_slots)
      return false;
    if (y.d.same_slot(x.a) || y.d.same_slot(x.b) || y.d.same_slot(x.c) || y.d.same_slot(x.d)) return false;
  }
  return true;
}

/// The pure operation that computes a temp, when it can still be merged into its reader.
Ir* Lowering::definition(Entry entry) {
  if (entry.where != Entry::Where::temp || entry.def == none || entry.def < barrier_) return nullptr;
  Ir& ir = ir_[entry.def];
  const bool pure =
      ir.operation == Operation::binary || ir.operation == Operation::unary || ir.operation == Operation::lea;
  if (!pure || info(ir.row).op_class == OpClass::trapping) return nullptr;
  return ir.d.is_slot(entry.slot) && can_sink(entry.def) ? &ir : nullptr;
}

/// The last operation, when no label lies behind it.
uint32_t Lowering::last_live() const {
  size_t i = ir_.size();
  while (i > barrier_ && ir_[i - 1].operation == Operation::nop) --i;
  return i > barrier_ ? static_cast<uint32_t>(i - 1) : none;
}

void Lowering::remove(uint32_t index) {
  ir_[index] = Ir{};
  while (ir_.size() > barrier_ && ir_.back().operation == Operation::nop) ir_.pop_back();
}

/// The operation that computes the value writes the local itself, when nothing came between.
void Lowering::set_local(uint32_t local, bool tee) {
  Entry value = pop();
  const bool same = value.where == Entry::Where::local && value.local == local;
  if (!same) {
    const uint32_t slot = function_.locals[local].slot;
    const bool retarget = value.where == Entry::Where::temp && value.def != none &&
                          value.def == last_live() && ir_[value.def].d.is_slot(value.slot) &&
                          !ir_[value.def].keep;
    if (locals_[local].read != none) { // entries on the stack still mean the old value
      const Ir producer = retarget ? ir_[value.def] : Ir{};
      if (retarget) ir_.resize(value.def);
      while (locals_[local].read != none) flush(stack_[locals_[local].read]);
      if (retarget) {
        value.def = static_cast<uint32_t>(ir_.size());
        ir_.push_back(producer);
      }
    }
    if (retarget)
      ir_[value.def].d = Operand::slot(slot);
    else
      emit_move(slot, value);
  }
  if (!tee) return;
  get_local(local);
}

} // namespace skerry::vm
