// Structured control flow: labels, what joins at them, and the fuel that is owed there.
//
// Fuel is charged when control leaves a straight line. A label has an amount that everyone who arrives still
// owes; a branch charges what it owes beyond that, and what falls through owes exactly that.
#include "vm/translate/lowering.hpp"

#include <algorithm>
#include <map>

namespace skerry::vm {

TypeList Lowering::params(const Control& control) const {
  if (control.kind == Control::Kind::function || control.type.kind != BlockType::Kind::type) return {};
  return module_.type(control.type.type).params();
}
TypeList Lowering::results(const Control& control) const {
  if (control.kind == Control::Kind::function) return type_.results();
  switch (control.type.kind) {
  case BlockType::Kind::empty: return {};
  case BlockType::Kind::value: return TypeList(control.type.value);
  default: return module_.type(control.type.type).results();
  }
}
TypeList Lowering::label_types(const Control& control) const {
  return control.kind == Control::Kind::loop ? params(control) : results(control);
}

uint32_t Lowering::new_label() {
  labels_.emplace_back();
  function_.label_positions.push_back(0);
  return static_cast<uint32_t>(labels_.size() - 1);
}

/// Makes the last operation a branch to the label: with what it charges.
void Lowering::refer_last(uint32_t label) {
  Ir& ir = ir_.back();
  ir.label = label;
  ir.back = labels_[label].bound;
  ir.charge = ir.back ? pending_ - labels_[label].pending : pending_;
  if (!ir.back) add_reference(label, last(), none);
}
void Lowering::emit_jump(const Control& control) {
  emit(Operation::branch);
  refer_last(control.label);
}
void Lowering::add_reference(uint32_t label, uint32_t ir, uint32_t entry) {
  LabelInfo& info = labels_[label];
  const auto added = static_cast<uint32_t>(references_.size());
  references_.push_back({ir, entry, none});
  (info.first == none ? info.first : references_[info.last].next) = added;
  info.last = added;
}
int32_t& Lowering::charge_of(const Reference& r) {
  return r.entry == none ? ir_[r.ir].charge : function_.branch_tables[r.ir][r.entry].charge;
}
/// Branches to one label become branches to the other. None of them is in a branch table.
void Lowering::give_references(uint32_t from, uint32_t to) {
  LabelInfo &giver = labels_[from], &taker = labels_[to];
  if (!giver.is_referred_to()) return;
  for (uint32_t i = giver.first; i != none; i = references_[i].next) ir_[references_[i].ir].label = to;
  (taker.first == none ? taker.first : references_[taker.last].next) = giver.first;
  taker.last = giver.last;
  giver.first = giver.last = none;
}

void Lowering::bind(uint32_t label) {
  LabelInfo& info = labels_[label];
  if (dead_) pending_ = info.is_referred_to() ? charge_of(references_[info.first]) : 0;
  for (uint32_t i = info.first; i != none; i = references_[i].next) charge_of(references_[i]) -= pending_;
  info.bound = true;
  info.pending = pending_;
  if (info.is_referred_to()) dead_ = false;
  emit(Operation::label).label = label;
  function_.label_positions[label] = last();
  barrier_ = static_cast<uint32_t>(ir_.size());
}

void Lowering::enter_block(BlockType type, bool is_loop) {
  Control control{.kind = is_loop ? Control::Kind::loop : Control::Kind::block,
                  .type = type,
                  .label = new_label(),
                  .else_label = no_label,
                  .height = 0,
                  .slot = 0};
  const auto count = static_cast<uint32_t>(params(control).size());
  flush_all();
  keep_top(count);
  control.height = static_cast<uint32_t>(stack_.size()) - count;
  control.slot = count > 0 ? stack_[control.height].slot : next_slot_;
  controls_.push_back(control);
  if (!is_loop) return;
  bind(control.label);
  ++loop_depth_;
  function_.has_loop = true;
}

void Lowering::enter_if(const Instruction& instr) {
  Control control{.kind = Control::Kind::if_,
                  .type = instr.block,
                  .label = new_label(),
                  .else_label = new_label(),
                  .height = 0,
                  .slot = 0};
  const auto count = static_cast<uint32_t>(params(control).size());
  const Entry condition = pop();
  flush_all();
  keep_top(count);
  control.height = static_cast<uint32_t>(stack_.size()) - count;
  control.slot = count > 0 ? stack_[control.height].slot : next_slot_;
  controls_.push_back(control);
  conditional(condition, control.else_label, true);
}

/// What a block leaves must be in its canonical slots.
void Lowering::join_results(const Control& control) {
  const auto count = static_cast<uint32_t>(results(control).size());
  flush_top(count);
  keep_top(count);
}

void Lowering::enter_else() {
  Control& control = controls_.back();
  if (!dead_) {
    join_results(control);
    emit_jump(control);
  }
  truncate(control.height);
  push_results(params(control));
  clean_ = static_cast<uint32_t>(stack_.size());
  control.kind = Control::Kind::else_;
  dead_ = true;
  bind(control.else_label);
  dead_ = false;
}

void Lowering::end() {
  if (controls_.size() == 1) return end_function();
  const Control control = controls_.back();
  controls_.pop_back();
  end_block(control);
}

void Lowering::end_block(Control control) {
  if (!dead_) join_results(control);
  if (control.kind == Control::Kind::loop) {
    --loop_depth_;
  } else {
    // No else: its label is the end.
    if (control.kind == Control::Kind::if_) give_references(control.else_label, control.label);
    if (labels_[control.label].is_referred_to()) bind(control.label);
  }
  truncate(control.height);
  push_results(results(control));
  clean_ = static_cast<uint32_t>(stack_.size());
}

void Lowering::end_function() {
  const Control control = controls_.back();
  if (labels_[control.label].is_referred_to()) {
    if (!dead_) join_results(control);
    bind(control.label);
    truncate(0);
    push_results(type_.results());
  }
  if (!dead_) return_();
  controls_.pop_back();
}

// ---- branches

/// Are the label's values elsewhere than where it expects them? They have been flushed.
bool Lowering::needs_move(const Control& control, uint32_t count) const {
  return count > 0 && stack_[stack_.size() - count].slot != control.slot;
}
void Lowering::move_to(uint32_t slot, uint32_t count) {
  Ir& ir = emit(Operation::copy_slots);
  ir.imm = slot;
  ir.imm2 = stack_[stack_.size() - count].slot;
  ir.count = next_slot_ - static_cast<uint32_t>(ir.imm2);
}

void Lowering::branch(uint32_t depth) {
  if (depth + 1 == controls_.size()) return return_();
  const Control& control = target(depth);
  const auto count = static_cast<uint32_t>(label_types(control).size());
  flush_top(count);
  keep_top(count);
  if (needs_move(control, count)) move_to(control.slot, count);
  emit_jump(control);
  dead_ = true;
}

void Lowering::branch_if(uint32_t depth) { branch_when(pop(), depth, false); }

/// Branches with the values on the stack when the condition, which is not on it any more, holds (or does
/// not).
void Lowering::branch_when(Entry condition, uint32_t depth, bool negate) {
  const Control control = target(depth);
  const auto count = static_cast<uint32_t>(label_types(control).size());
  flush_top(count);
  keep_top(count);
  if (!needs_move(control, count)) return conditional(condition, control.label, negate);
  const uint32_t skip = new_label();
  conditional(condition, skip, !negate);
  move_to(control.slot, count);
  emit_jump(control);
  dead_ = true;
  bind(skip);
}

/// br_on_null goes without the reference and goes on with it; br_on_non_null the other way round.
void Lowering::branch_on_null(uint32_t depth, bool when_null) {
  flush_top(1);
  keep_top(1);
  const uint32_t slot = stack_.back().slot;
  if (when_null) pop();
  Ir& test = emit(Operation::unary);
  test.row = Opcode::i64_eqz;
  test.a = Operand::slot(slot);
  test.d = Operand::slot(slot + 1);
  max_slot_ = std::max(max_slot_, slot + 2);
  Entry condition = Entry::of_temp('i', last());
  condition.slot = static_cast<uint16_t>(slot + 1);
  branch_when(condition, depth, !when_null);
  if (when_null)
    push_temp('I', none);
  else
    pop();
}

void Lowering::branch_table(const BrTableTargets& targets) {
  const Entry index = materialize(pop());
  const auto count = static_cast<uint32_t>(label_types(target(*targets.begin())).size());
  flush_top(count);
  keep_top(count);
  const auto table = static_cast<uint32_t>(function_.branch_tables.size());
  function_.branch_tables.emplace_back();
  function_.branch_tables.back().reserve(targets.count() + 1);
  std::map<uint32_t, uint32_t> stubs; // label depth → label of code that moves the values first
  for (const uint32_t depth : targets) {
    const Control& control = target(depth);
    uint32_t label = control.label;
    if (needs_move(control, count)) {
      const auto [stub, is_new] = stubs.try_emplace(depth, none);
      if (is_new) stub->second = new_label();
      label = stub->second;
    }
    const LabelInfo& info = labels_[label];
    const int32_t charge = info.bound ? pending_ - info.pending : pending_;
    std::pmr::vector<BranchTarget>& entries = function_.branch_tables[table];
    if (!info.bound) add_reference(label, table, static_cast<uint32_t>(entries.size()));
    entries.push_back({label, charge});
  }
  Ir& ir = emit(Operation::branch_table);
  ir.a = operand(index);
  ir.label = table;
  ir.count = targets.count();
  dead_ = true;
  for (const auto& [depth, label] : stubs) {
    bind(label);
    move_to(target(depth).slot, count);
    emit_jump(target(depth));
    dead_ = true;
  }
}

/// Branches when the condition holds, or with `negate` when it does not.
void Lowering::conditional(Entry condition, uint32_t label, bool negate) {
  if (!fuse_condition(condition, negate)) {
    condition = materialize(condition);
    Ir& ir = emit(Operation::branch_if);
    ir.compare = negate ? Compare::eq : Compare::ne;
    ir.a = operand(condition);
    ir.b = Operand::constant(0);
  }
  if (labels_[label].bound) fuse_count();
  refer_last(label);
}

void Lowering::return_() {
  const auto count = type_.results().size();
  const bool is_single = count == 1 && letter_of(type_.results().front()) != 'v';
  if (!is_single && count > 0) {
    flush_top(count);
    keep_top(count);
    move_to(0, count);
  }
  Ir& ir = emit(Operation::return_none);
  if (is_single) {
    const Entry value = stack_.back();
    ir.operation = class_of(value.letter) == 'v' ? Operation::return_v : Operation::return_;
    ir.wide = value.letter == 'F';
    ir.a = operand(value);
  }
  ir.charge = pending_;
  ir.imm = function_.link_slot;
  dead_ = true;
}

void Lowering::unreachable() {
  emit(Operation::unreachable);
  dead_ = true;
}

} // namespace skerry::vm
