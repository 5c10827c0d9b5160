// The symbolic operand stack: where each operand is, and when it must be in its slot.
#include "vm/translate/lowering.hpp"

#include <algorithm>

namespace skerry::vm {

// ---- runs

/// Values that are in their slots form one entry if there are at least this many. Fewer are handled one by
/// one just as fast.
static constexpr size_t smallest_run = 16;

void Lowering::push_results(const Types& types) {
  if (types.size() >= smallest_run) return push_run(types);
  for (const ValType type : types) push_temp(letter_of(type), none);
}

void Lowering::push_run(const Types& types) {
  Entry run = Entry::of_temp('-', static_cast<uint32_t>(types.size()));
  run.where = Entry::Where::run;
  run.slot = static_cast<uint16_t>(next_slot_);
  run.codes = types.codes().data();
  stack_.push_back(run);
  next_slot_ += slots_of_all(types);
  max_slot_ = std::max(max_slot_, next_slot_);
}

/// The slots of many values are added up only once. The address of the type codes can be the key because they
/// belong to the module and never move.
uint32_t Lowering::slots_of_all(const Types& types) {
  if (types.size() < smallest_run) return types.slots();
  const auto [known, is_new] = slots_of_many_.try_emplace(types.codes().data(), 0);
  if (is_new) known->second = types.slots();
  return known->second;
}

Lowering::Entry Lowering::pop_from_run() {
  Entry& run = stack_.back();
  const char letter = letter_of_code(run.codes[run.count - 1]);
  next_slot_ -= slots_of(letter);
  if (--run.count == 0) drop_entry();
  Entry entry = Entry::of_temp(letter, none);
  entry.slot = static_cast<uint16_t>(next_slot_);
  return entry;
}

/// Drops the top entry, which may be a run.
void Lowering::drop_entry() {
  if (!stack_.back().is_run()) {
    pop();
    return;
  }
  next_slot_ = stack_.back().slot;
  stack_.pop_back();
  clean_ = std::min(clean_, static_cast<uint32_t>(stack_.size()));
}

void Lowering::truncate(uint32_t height) {
  while (stack_.size() > height) drop_entry();
}

/// Drops the top values, which have these types. The rest of a run remains a run.
void Lowering::drop(const Types& types) {
  const uint32_t behind = next_slot_;
  for (size_t left = types.size(); left > 0;) {
    Entry& top = stack_.back();
    const size_t count = top.is_run() ? top.count : 1;
    if (count > left) {
      top.count -= static_cast<uint32_t>(left);
      next_slot_ = behind - slots_of_all(types);
      return;
    }
    drop_entry();
    left -= count;
  }
}

/// Returns the index of the entry at which the top values begin. They must have been flushed. A run that
/// begins further down is divided.
uint32_t Lowering::begin_of_top(const Types& types) {
  auto i = static_cast<uint32_t>(stack_.size());
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

/// Makes the run's last `count` values a separate entry. The entries above it move up. They are fewer than
/// the values of a run, and none of them reads a local.
void Lowering::divide_run(uint32_t index, uint32_t count, uint32_t slot) {
  Entry upper = stack_[index];
  upper.codes += upper.count - count;
  upper.count = count;
  upper.slot = static_cast<uint16_t>(slot);
  stack_[index].count -= count;
  stack_.insert(stack_.begin() + index + 1, upper);
}

// ---- slots

uint32_t Lowering::emit_move(uint32_t slot, Entry entry) {
  Ir& ir = emit(entry.letter == 'v'             ? Operation::move128
                : class_of(entry.letter) == 'v' ? Operation::vmove
                                                : Operation::move);
  ir.wide = entry.letter == 'F';
  ir.d = Operand::slot(slot);
  ir.a = operand(entry);
  ir.number.constant = constant_of(entry);
  return last();
}

/// Moves the entry to its slot. Entries are flushed from the top down, so an entry that reads a local is the
/// highest one in the local's chain.
void Lowering::flush(Entry& entry) {
  if (entry.where >= Entry::Where::temp) return;
  const uint32_t def = emit_move(entry.slot, entry);
  if (entry.where == Entry::Where::local) locals_[entry.local].read = static_cast<uint32_t>(entry.previous);
  entry.where = Entry::Where::temp;
  entry.def = def;
}

/// Flushes the top values, which are read where control flow joins or by an operation that names no operands.
/// Takes one step per entry, and stays linear overall because callers then drop the entries.
void Lowering::settle(size_t count) {
  for (size_t i = stack_.size(); count > 0; --i) {
    Entry& entry = stack_[i - 1];
    if (entry.is_run()) {
      count -= std::min<size_t>(count, entry.count);
      continue;
    }
    flush(entry);
    if (entry.def != none) ir_[entry.def].keep = true;
    --count;
  }
}

/// Does the same for values that stay on the stack. Each of many branches may settle them again, so many
/// values become a run.
void Lowering::settle_for_long(const Types& types) {
  const size_t count = types.size();
  if (count >= smallest_run && stack_.back().is_run() && stack_.back().count >= count) return;
  settle(count);
  if (count < smallest_run) return;
  drop(types);
  push_run(types);
}

void Lowering::flush_all() {
  for (size_t i = stack_.size(); i > clean_; --i) flush(stack_[i - 1]);
  clean_ = static_cast<uint32_t>(stack_.size());
}

/// Moves a constant that an operation cannot take as an immediate to its slot (or to a register instead).
Lowering::Entry Lowering::materialize(Entry entry) {
  if (entry.where != Entry::Where::constant) return entry;
  entry.def = emit_move(entry.slot, entry);
  entry.where = Entry::Where::temp;
  return entry;
}

/// `look_back` covers the index arithmetic that compilers put between a value and its use. Removed operations
/// count only if there are very many.
static constexpr uint32_t look_back = 24, most_removed = 1000;

/// Returns whether the operation can be moved to the end. It cannot be moved across labels, calls, or
/// operations that change its operands.
bool Lowering::can_sink(uint32_t index) const {
  const Ir& x = ir_[index];
  if (index < barrier_ || x.keep || last() - index > look_back + most_removed) return false;
  uint32_t seen = 0;
  for (uint32_t i = index + 1; i < ir_.size(); ++i) {
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

/// Returns the pure operation that computes a temp if it can still be merged into its reader, else null.
Ir* Lowering::definition(Entry entry) {
  if (entry.where != Entry::Where::temp || entry.def == none || entry.def < barrier_) return nullptr;
  Ir& ir = ir_[entry.def];
  const bool pure =
      ir.operation == Operation::binary || ir.operation == Operation::unary || ir.operation == Operation::lea;
  if (!pure || info(ir.row).op_class == OpClass::trapping) return nullptr;
  return ir.d.is_slot(entry.slot) && can_sink(entry.def) ? &ir : nullptr;
}

/// Returns the last operation, or `none` if a label or fuel check follows it.
uint32_t Lowering::last_live() const {
  uint32_t i = ir_.size();
  while (i > barrier_ && ir_[i - 1].operation == Operation::nop) --i;
  return i > barrier_ ? i - 1 : none;
}

void Lowering::remove(uint32_t index) {
  ir_[index] = Ir{};
  while (ir_.size() > barrier_ && ir_.back().operation == Operation::nop) ir_.pop_back();
}

/// If nothing comes between, the operation that computes the value writes directly to the local.
void Lowering::set_local(uint32_t local, bool tee) {
  Entry value = pop();
  const bool same = value.where == Entry::Where::local && value.local == local;
  if (!same) {
    const uint32_t slot = function_.locals[local].slot;
    const bool retarget = value.where == Entry::Where::temp && value.def != none &&
                          value.def == last_live() && ir_[value.def].d.is_slot(value.slot) &&
                          !ir_[value.def].keep;
    if (locals_[local].read != none) { // entries on the stack still denote the old value
      const Ir producer = retarget ? ir_[value.def] : Ir{};
      if (retarget) ir_.shrink(value.def);
      while (locals_[local].read != none) flush(stack_[locals_[local].read]);
      if (retarget) {
        value.def = ir_.size();
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
