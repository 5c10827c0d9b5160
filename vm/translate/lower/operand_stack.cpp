#include "vm/translate/lower/operand_stack.hpp"

#include <algorithm>

namespace skerry::vm {

OperandStack::OperandStack(IrFunction& function, IrBuilder& ir, Arena& scratch)
    : function_(function), ir_(ir), stack_(&scratch), slots_of_many_(&scratch), locals_(&scratch) {
  stack_.reserve(16); // enough for many functions
}

void OperandStack::begin(uint32_t first_temp) {
  next_slot_ = max_slot_ = first_temp;
  no_local_ = static_cast<uint32_t>(function_.locals.size());
  locals_.resize(no_local_ + 1);
  for (size_t i = 0; i < function_.locals.size(); ++i) locals_[i].slot = function_.locals[i].slot;
}

// ---- runs

/// The fewest values that become a run. For fewer values than this, an entry for each value is just as fast.
static constexpr size_t smallest_run = 16;

void OperandStack::push_all(const TypeList& types) {
  if (types.size() >= smallest_run) return push_run(types);
  for (const ValType type : types) push_temp(operand_type(type), none);
}

void OperandStack::push_run(const TypeList& types) {
  StackEntry run = StackEntry::of_temp(OperandType::none, static_cast<uint32_t>(types.size()), next_slot_);
  run.where = StackEntry::Where::run;
  run.codes = types.codes().data();
  stack_.push_back(run);
  next_slot_ += slots_of_all(types);
  max_slot_ = std::max(max_slot_, next_slot_);
}

/// Counts the slots that values of these types take. Long lists are counted only once each. The address of a
/// list's type codes identifies the list, because the codes belong to the module and never move.
uint32_t OperandStack::slots_of_all(const TypeList& types) {
  if (types.size() < smallest_run) return types.slots();
  const auto [known, is_new] = slots_of_many_.try_emplace(types.codes().data(), 0);
  if (is_new) known->second = types.slots();
  return known->second;
}

/// Returns the type that one code of a TypeList stands for.
static OperandType type_of_byte(uint8_t code) {
  return code == concrete_code ? OperandType::ref : operand_type(type_of_code[code]);
}

StackEntry OperandStack::pop_from_run() {
  StackEntry& run = stack_.back();
  const OperandType type = type_of_byte(run.codes[run.count - 1]);
  next_slot_ -= slots_of(type);
  const StackEntry entry = StackEntry::of_temp(type, none, next_slot_);
  if (--run.count == 0) drop_entry();
  return entry;
}

/// Drops the top entry, which may be a run.
void OperandStack::drop_entry() {
  if (!stack_.back().is_run()) {
    pop();
    return;
  }
  next_slot_ = stack_.back().slot;
  stack_.pop_back();
  flushed_ = std::min(flushed_, height());
}

void OperandStack::truncate(uint32_t height) {
  while (stack_.size() > height) drop_entry();
}

void OperandStack::drop(const TypeList& types) {
  const uint32_t end = next_slot_;
  for (size_t left = types.size(); left > 0;) {
    StackEntry& top = stack_.back();
    const size_t count = top.is_run() ? top.count : 1;
    if (count > left) {
      top.count -= static_cast<uint32_t>(left);
      next_slot_ = end - slots_of_all(types);
      return;
    }
    drop_entry();
    left -= count;
  }
}

uint32_t OperandStack::begin_of_top(const TypeList& types) {
  uint32_t i = height();
  for (size_t left = types.size(); left > 0;) {
    const size_t count = stack_[--i].is_run() ? stack_[i].count : 1;
    if (count > left) {
      divide_run(i++, static_cast<uint32_t>(left), first_slot_of(types));
      break;
    }
    left -= count;
  }
  return i;
}

/// Makes the last `count` values of the run at `index` a separate entry. The entries above the run move up by
/// one. That takes little time, because fewer than smallest_run entries are above the run. None of these
/// entries reads a local, so no index in locals_ changes.
void OperandStack::divide_run(uint32_t index, uint32_t count, uint32_t slot) {
  StackEntry upper = stack_[index];
  upper.codes += upper.count - count;
  upper.count = count;
  upper.slot = static_cast<uint16_t>(slot);
  stack_[index].count -= count;
  stack_.insert(stack_.begin() + index + 1, upper);
}

// ---- slots

uint32_t OperandStack::emit_move(uint32_t slot, StackEntry entry) {
  Ir& ir = ir_.emit(entry.type == OperandType::v128 ? Operation::move128
                    : is_vector_class(entry.type)   ? Operation::float_move
                                                    : Operation::move);
  ir.wide = entry.type == OperandType::f64;
  ir.d = Operand::slot(slot);
  ir.a = operand(entry);
  ir.number.constant = entry.constant();
  return ir_.last();
}

/// Moves the entry to its slot. Entries are flushed from the top down, so an entry that reads a local is
/// always the first in that local's list of readers (LocalState::read), and its removal is simple.
void OperandStack::flush(StackEntry& entry) {
  if (entry.where >= StackEntry::Where::temp) return;
  const uint32_t def = emit_move(entry.slot, entry);
  if (entry.where == StackEntry::Where::local)
    locals_[entry.local].read = static_cast<uint32_t>(entry.previous);
  entry.where = StackEntry::Where::temp;
  entry.def = def;
}

void OperandStack::settle(size_t count) {
  for (size_t i = stack_.size(); count > 0; --i) {
    StackEntry& entry = stack_[i - 1];
    if (entry.is_run()) {
      count -= std::min<size_t>(count, entry.count);
      continue;
    }
    flush(entry);
    if (entry.def != none) ir_[entry.def].keep = true;
    --count;
  }
}

void OperandStack::settle_for_long(const TypeList& types) {
  const size_t count = types.size();
  if (count >= smallest_run && stack_.back().is_run() && stack_.back().count >= count) return;
  settle(count);
  if (count < smallest_run) return;
  drop(types);
  push_run(types);
}

void OperandStack::flush_all() {
  for (uint32_t i = height(); i > flushed_; --i) flush(stack_[i - 1]);
  mark_flushed();
}

StackEntry OperandStack::materialize(StackEntry entry) {
  if (!entry.is_constant()) return entry;
  entry.def = emit_move(entry.slot, entry);
  entry.where = StackEntry::Where::temp;
  return entry;
}

// ---- locals

/// Returns whether the operation that computes the value can write to another slot instead. The operation
/// must be the last one, and no other operation may read the value in its canonical slot.
bool OperandStack::can_retarget(StackEntry value) const {
  if (value.where != StackEntry::Where::temp || value.def == none || value.def != ir_.last_open())
    return false;
  const Ir& writer = ir_[value.def];
  return writer.d.is_slot(value.slot) && !writer.keep;
}

/// Flushes the entries that read the local, because the local is about to change.
void OperandStack::flush_readers(uint32_t local) {
  while (locals_[local].read != none) flush(stack_[locals_[local].read]);
}

void OperandStack::set_local(uint32_t local, bool tee) {
  const StackEntry value = pop();
  const bool is_same = value.where == StackEntry::Where::local && value.local == local;
  if (!is_same) {
    const uint32_t slot = function_.locals[local].slot;
    if (!can_retarget(value)) {
      flush_readers(local);
      emit_move(slot, value);
    } else if (locals_[local].read == none) {
      ir_[value.def].d = Operand::slot(slot);
    } else { // flush the readers of the old value before it is overwritten
      Ir writer = ir_.take(value.def);
      writer.d = Operand::slot(slot);
      flush_readers(local);
      ir_.append(writer);
    }
  }
  if (tee) get_local(local);
}

} // namespace skerry::vm
