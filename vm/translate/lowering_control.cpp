// Structured control flow: labels, the values that join at them, and the fuel that is owed there.
//
// Fuel is charged when control leaves a straight line. Each label has an amount that every path to it still
// owes. A branch charges its owed fuel beyond that amount, and code that falls through owes exactly that
// amount.
//
// Branches to loops, calls, returns, branch tables and bulk operations check that there was enough fuel for
// everything charged so far; forward branches do not. The stretch is the number of instructions on the
// longest path since the last check, including those whose fuel is still owed. Before it gets too long, an
// operation is added that charges and checks.
#include "vm/translate/lowering.hpp"

#include <algorithm>
#include <utility>

namespace skerry::vm {

Lowering::Types Lowering::params(const Control& control) const {
  if (control.kind == Control::Kind::function || control.type.kind != BlockType::Kind::type) return {};
  return module_.type(control.type.type).params();
}
Lowering::Types Lowering::results(const Control& control) const {
  if (control.kind == Control::Kind::function) return type_.results();
  switch (control.type.kind) {
  case BlockType::Kind::empty: return {};
  case BlockType::Kind::value: return TypeList(control.type.value);
  default: return module_.type(control.type.type).results();
  }
}
Lowering::Types Lowering::label_types(const Control& control) const {
  return control.kind == Control::Kind::loop ? params(control) : results(control);
}

uint32_t Lowering::new_label() {
  labels_.emplace_back();
  function_.label_positions.push_back(0);
  return labels_.size() - 1;
}

/// Returns the fuel owed, for an operation that charges it and checks the fuel.
int32_t Lowering::pay() {
  stretch_end_ = longest_stretch;
  return std::exchange(pending_, 0);
}

/// The call may end or be suspended at a fuel check, so operations before it must not change afterwards.
void Lowering::look() {
  Ir& ir = emit(Operation::look);
  ir.charge = pay();
  barrier_ = ir_.size();
}

/// Makes the last operation a branch to the label and sets its charge.
void Lowering::refer_last(uint32_t label) {
  Ir& ir = ir_.back();
  ir.jump.label = label;
  ir.back = labels_[label].bound;
  ir.charge = ir.back ? pending_ - labels_[label].pending : pending_;
  if (ir.back) return;
  labels_[label].stretch = std::max(labels_[label].stretch, stretch());
  add_reference(label, last(), none);
}
void Lowering::emit_jump(const Control& control) {
  emit(Operation::branch);
  refer_last(control.label);
}
void Lowering::add_reference(uint32_t label, uint32_t ir, uint32_t entry) {
  LabelInfo& info = labels_[label];
  const uint32_t added = references_.size();
  references_.push_back({ir, entry, none});
  (info.first == none ? info.first : references_[info.last].next) = added;
  info.last = added;
}
int32_t& Lowering::charge_of(const Reference& r) {
  return r.entry == none ? ir_[r.ir].charge : function_.branch_tables[r.ir].targets[r.entry].charge;
}
/// Redirects all branches from one label to the other. None of them may be in a branch table.
void Lowering::give_references(uint32_t from, uint32_t to) {
  LabelInfo &giver = labels_[from], &taker = labels_[to];
  if (!giver.is_referred_to()) return;
  for (uint32_t i = giver.first; i != none; i = references_[i].next) ir_[references_[i].ir].jump.label = to;
  (taker.first == none ? taker.first : references_[taker.last].next) = giver.first;
  taker.last = giver.last;
  taker.stretch = std::max(taker.stretch, giver.stretch);
  giver.first = giver.last = none;
}

void Lowering::bind(uint32_t label) {
  LabelInfo& info = labels_[label];
  const int32_t longest = dead_ ? info.stretch : std::max(info.stretch, stretch());
  if (dead_) pending_ = info.is_referred_to() ? charge_of(references_[info.first]) : 0;
  for (uint32_t i = info.first; i != none; i = references_[i].next) charge_of(references_[i]) -= pending_;
  set_stretch(std::max(longest, pending_)); // no check has covered the owed fuel yet
  info.bound = true;
  info.pending = pending_;
  if (info.is_referred_to()) dead_ = false;
  emit(Operation::label).jump.label = label;
  function_.label_positions[label] = last();
  barrier_ = ir_.size();
}

/// The block's parameters stay in place: nothing below them is accessed before the block ends.
void Lowering::open_block(Control& control) {
  const Types types = params(control);
  if (!types.empty()) settle_for_long(types);
  flush_all();
  control.height = types.empty() ? clean_ : begin_of_top(types);
  control.slot = types.empty() ? next_slot_ : first_slot_of(types);
  clean_ = static_cast<uint32_t>(stack_.size());
  controls_.push_back(control);
}

void Lowering::enter_block(BlockType type, bool is_loop) {
  Control control{.kind = is_loop ? Control::Kind::loop : Control::Kind::block,
                  .type = type,
                  .label = new_label(),
                  .else_label = no_label,
                  .height = 0,
                  .slot = 0};
  open_block(control);
  if (!is_loop) return;
  bind(control.label);
  ++loop_depth_;
  function_.has_loop = true;
}

void Lowering::enter_if(BlockType type) {
  Control control{.kind = Control::Kind::if_,
                  .type = type,
                  .label = new_label(),
                  .else_label = new_label(),
                  .height = 0,
                  .slot = 0};
  const Entry condition = pop();
  open_block(control);
  conditional(condition, control.else_label, true);
}

/// The results of a block must be in their canonical slots.
void Lowering::join_results(const Control& control) { settle(results(control).size()); }

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
    // There was no else branch: the else label is the end of the block.
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

/// Returns whether the label expects the values in other slots. The values must have been flushed.
bool Lowering::needs_move(const Control& control, const Types& types) {
  return !types.empty() && first_slot_of(types) != control.slot;
}
void Lowering::move_to(uint32_t slot, const Types& types) {
  const uint32_t from = first_slot_of(types);
  Ir& ir = emit(Operation::copy_slots);
  ir.copy = {slot, from, next_slot_ - from};
  owe_for_slots(ir.copy.count);
}

void Lowering::branch(uint32_t depth) {
  if (depth + 1 == controls_.size()) return return_();
  const Control& control = target(depth);
  const Types types = label_types(control);
  settle(types.size());
  if (needs_move(control, types)) move_to(control.slot, types);
  emit_jump(control);
  dead_ = true;
}

void Lowering::branch_if(uint32_t depth) { branch_when(pop(), depth, false); }

/// Branches with the values on the stack if the condition holds, or with `negate` if it does not. The
/// condition must have been popped.
void Lowering::branch_when(Entry condition, uint32_t depth, bool negate) {
  const Control control = target(depth);
  const Types types = label_types(control);
  settle_for_long(types);
  if (!needs_move(control, types)) return conditional(condition, control.label, negate);
  const uint32_t skip = new_label();
  conditional(condition, skip, !negate);
  move_to(control.slot, types);
  emit_jump(control);
  dead_ = true;
  bind(skip);
}

/// br_on_null branches without the reference and falls through with it. br_on_non_null does the reverse.
void Lowering::branch_on_null(uint32_t depth, bool when_null) {
  settle(1);
  const uint32_t slot = next_slot_ - 1;
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
  const Types types = label_types(target(*targets.begin()));
  settle(types.size());
  const uint32_t table = function_.branch_tables.size();
  const std::span entries(function_.arena->make_room<BranchTarget>(targets.count() + 1), targets.count() + 1);
  function_.branch_tables.push_back({.targets = entries});
  stubs_.clear();
  uint32_t next = 0;
  for (const uint32_t depth : targets) {
    entries[next] = branch_target(depth, table, next);
    ++next;
  }
  Ir& ir = emit(Operation::branch_table);
  ir.a = operand(index);
  ir.table.table = table;
  dead_ = true;
  for (const uint32_t depth : stubs_) {
    bind(target(depth).stub_label);
    move_to(target(depth).slot, types);
    emit_jump(target(depth));
    dead_ = true;
  }
}

/// Returns the table's entry for a label. The entry leads to a stub if the values must be moved first.
BranchTarget Lowering::branch_target(uint32_t depth, uint32_t table, uint32_t entry) {
  const Control& control = target(depth);
  const uint32_t label = needs_move(control, label_types(control)) ? stub_of(depth, table) : control.label;
  const LabelInfo& info = labels_[label];
  if (info.bound) return {label, pending_ - info.pending};
  add_reference(label, table, entry);
  return {label, pending_};
}

/// Returns the stub for a label. All entries of the table with that label share it.
uint32_t Lowering::stub_of(uint32_t depth, uint32_t table) {
  Control& control = target(depth);
  if (control.stub_table != table) {
    control.stub_table = table;
    control.stub_label = new_label();
    stubs_.push_back(depth);
  }
  return control.stub_label;
}

/// Branches if the condition holds, or with `negate` if it does not.
void Lowering::conditional(Entry condition, uint32_t label, bool negate) {
  if (!fuse_condition(condition, negate)) {
    condition = materialize(condition);
    Ir& ir = emit(Operation::branch_if);
    ir.compare = negate ? Compare::eq : Compare::ne;
    ir.a = operand(condition);
    ir.b = Operand::constant();
  }
  if (labels_[label].bound) fuse_count();
  refer_last(label);
}

void Lowering::return_() {
  const Types types = type_.results();
  const bool is_single = types.size() == 1 && letter_of(types.front()) != 'v';
  if (!is_single && !types.empty()) {
    settle(types.size());
    move_to(0, types);
  }
  Ir& ir = emit(Operation::return_none);
  if (is_single) {
    const Entry value = pop(); // no later operation reads it
    ir.operation = class_of(value.letter) == 'v' ? Operation::return_v : Operation::return_;
    ir.wide = value.letter == 'F';
    ir.a = operand(value);
    ir.number.constant = constant_of(value);
  }
  ir.charge = pay();
  dead_ = true;
}

void Lowering::unreachable() {
  emit(Operation::unreachable);
  dead_ = true;
}

} // namespace skerry::vm
