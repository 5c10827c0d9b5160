#include "vm/translate/lower/control.hpp"

#include "vm/translate/lower/comparisons.hpp"

#include <span>

namespace skerry::vm {

TypeList ControlLowering::params(const Control& control) const {
  if (control.kind == Control::Kind::function || control.type.kind != BlockType::Kind::type) return {};
  return cx_.module.type(control.type.type).params();
}
TypeList ControlLowering::results(const Control& control) const {
  if (control.kind == Control::Kind::function) return cx_.type.results();
  switch (control.type.kind) {
  case BlockType::Kind::empty: return {};
  case BlockType::Kind::value: return TypeList(control.type.value);
  default: return cx_.module.type(control.type.type).results();
  }
}
TypeList ControlLowering::label_types(const Control& control) const {
  return control.kind == Control::Kind::loop ? params(control) : results(control);
}

// ---- blocks

void ControlLowering::enter_function() {
  controls_.push_back({.kind = Control::Kind::function,
                       .type = {},
                       .label = cx_.labels.add(),
                       .slot = cx_.function.first_temp});
}

/// Flushes all entries, so that every path through the block finds them in their canonical slots. The block's
/// own part of the stack begins at its first parameter. No instruction in the block accesses the entries
/// below this parameter.
void ControlLowering::open_block(Control& control) {
  const TypeList types = params(control);
  if (!types.empty()) cx_.stack.settle_for_long(types);
  cx_.stack.flush_all();
  control.height = types.empty() ? cx_.stack.height() : cx_.stack.begin_of_top(types);
  control.slot = types.empty() ? cx_.stack.next_slot() : cx_.stack.first_slot_of(types);
  cx_.stack.mark_flushed();
  controls_.push_back(control);
}

void ControlLowering::enter_block(BlockType type, bool is_loop) {
  Control control{
      .kind = is_loop ? Control::Kind::loop : Control::Kind::block, .type = type, .label = cx_.labels.add()};
  open_block(control);
  if (!is_loop) return;
  cx_.bind(control.label);
  cx_.ir.enter_loop();
  cx_.function.has_loop = true;
}

void ControlLowering::enter_if(BlockType type) {
  const uint32_t label = cx_.labels.add(), else_label = cx_.labels.add();
  Control control{.kind = Control::Kind::if_, .type = type, .label = label, .else_label = else_label};
  const StackEntry condition = cx_.stack.pop();
  open_block(control);
  conditional(condition, control.else_label, true);
}

/// Flushes the block's results, because code after its label reads them in their canonical slots.
void ControlLowering::join_results(const Control& control) {
  if (!cx_.is_dead) cx_.stack.settle(results(control).size());
}

/// Drops the values of the block and pushes values of these types, which are in the block's slots.
void ControlLowering::begin_with(const Control& control, const TypeList& types) {
  cx_.stack.truncate(control.height);
  cx_.stack.push_all(types);
  cx_.stack.mark_flushed();
}

void ControlLowering::enter_else() {
  Control& control = controls_.back();
  join_results(control);
  if (!cx_.is_dead) jump_to(control);
  begin_with(control, params(control));
  control.kind = Control::Kind::else_;
  cx_.is_dead = true;
  cx_.bind(control.else_label);
  cx_.is_dead = false;
}

void ControlLowering::end() {
  if (controls_.size() == 1) return end_function();
  const Control control = controls_.back();
  controls_.pop_back();
  end_block(control);
}

void ControlLowering::end_block(Control control) {
  join_results(control);
  if (control.kind == Control::Kind::loop) {
    cx_.ir.leave_loop();
  } else {
    // An `if` without `else`: a false condition branches to the end of the block.
    if (control.kind == Control::Kind::if_) cx_.labels.redirect(control.else_label, control.label);
    if (cx_.labels.is_referred_to(control.label)) cx_.bind(control.label);
  }
  begin_with(control, results(control));
}

void ControlLowering::end_function() {
  const Control control = controls_.back();
  if (cx_.labels.is_referred_to(control.label)) {
    join_results(control);
    cx_.bind(control.label);
    begin_with(control, results(control));
  }
  if (!cx_.is_dead) return_();
  controls_.pop_back();
}

// ---- branches

/// Returns whether the values on the stack must be moved for a branch, because the block's label expects them
/// in other slots. The values must have been flushed.
bool ControlLowering::needs_move(const Control& control, const TypeList& types) {
  return !types.empty() && cx_.stack.first_slot_of(types) != control.slot;
}

void ControlLowering::move_to(uint32_t slot, const TypeList& types) {
  const uint32_t from = cx_.stack.first_slot_of(types);
  Ir& ir = cx_.ir.emit(Operation::copy_slots);
  ir.copy = {slot, from, cx_.stack.next_slot() - from};
  cx_.fuel.owe_for_slots(ir.copy.count);
}

void ControlLowering::jump_to(const Control& control) {
  cx_.ir.emit(Operation::branch);
  cx_.labels.refer_last(control.label);
  cx_.is_dead = true;
}

void ControlLowering::branch(uint32_t depth) {
  if (depth + 1 == controls_.size()) return return_();
  const Control& control = target(depth);
  const TypeList types = label_types(control);
  cx_.stack.settle(types.size());
  if (needs_move(control, types)) move_to(control.slot, types);
  jump_to(control);
}

void ControlLowering::branch_if(uint32_t depth) { branch_when(cx_.stack.pop(), depth, false); }

/// Emits a branch to the label of the block at `depth`, and the moves that its values need. The branch is
/// taken if `condition` holds or, with `negate`, if `condition` does not hold. The condition must have been
/// popped.
void ControlLowering::branch_when(StackEntry condition, uint32_t depth, bool negate) {
  const Control control = target(depth);
  const TypeList types = label_types(control);
  cx_.stack.settle_for_long(types);
  if (!needs_move(control, types)) return conditional(condition, control.label, negate);
  const uint32_t skip = cx_.labels.add();
  conditional(condition, skip, !negate);
  move_to(control.slot, types);
  jump_to(control);
  cx_.bind(skip);
}

void ControlLowering::branch_on_null(uint32_t depth, bool when_null) {
  cx_.stack.settle(1);
  const uint32_t slot = cx_.stack.next_slot() - 1;
  if (when_null) cx_.stack.pop();
  Ir& test = cx_.ir.emit(Operation::unary);
  test.opcode = Opcode::i64_eqz;
  test.a = Operand::slot(slot);
  test.d = Operand::slot(slot + 1);
  cx_.stack.use_slots_to(slot + 2);
  branch_when(StackEntry::of_temp(OperandType::i32, cx_.ir.last(), slot + 1), depth, !when_null);
  if (when_null)
    cx_.stack.push_temp(OperandType::ref, OperandStack::none);
  else
    cx_.stack.pop();
}

/// Emits a branch to `label` that is taken if `condition` holds or, with `negate`, if `condition` does not
/// hold. Moves no values.
void ControlLowering::conditional(StackEntry condition, uint32_t label, bool negate) {
  if (!fuse_condition(cx_, condition, negate)) {
    condition = cx_.stack.materialize(condition);
    Ir& ir = cx_.ir.emit(Operation::branch_if);
    ir.compare = negate ? Compare::eq : Compare::ne;
    ir.a = cx_.stack.operand(condition);
    ir.b = Operand::constant();
  }
  if (cx_.labels.is_bound(label)) fuse_count(cx_);
  cx_.labels.refer_last(label);
}

// ---- branch tables

void ControlLowering::branch_table(const BrTableTargets& targets) {
  const StackEntry index = cx_.stack.materialize(cx_.stack.pop());
  const TypeList types = label_types(target(*targets.begin()));
  cx_.stack.settle(types.size());
  const uint32_t table = cx_.function.branch_tables.size(), size = targets.count() + 1;
  const std::span entries(cx_.function.arena->make_room<BranchTarget>(size), size);
  cx_.function.branch_tables.push_back({.targets = entries});
  stubs_.clear();
  uint32_t next = 0;
  for (const uint32_t depth : targets) {
    entries[next] = cx_.labels.refer_entry(table_label(depth, table), table, next);
    ++next;
  }
  Ir& ir = cx_.ir.emit(Operation::branch_table);
  ir.a = cx_.stack.operand(index);
  ir.table.table = table;
  cx_.is_dead = true;
  emit_stubs(types);
}

/// Returns the label for a table entry: the label of the target block, or the label of a stub if the values
/// must be moved to the block's slots.
uint32_t ControlLowering::table_label(uint32_t depth, uint32_t table) {
  const Control& control = target(depth);
  return needs_move(control, label_types(control)) ? stub_of(depth, table) : control.label;
}

/// Returns the label of the stub for a target block. All entries of the table with this target share the
/// stub.
uint32_t ControlLowering::stub_of(uint32_t depth, uint32_t table) {
  Control& control = target(depth);
  if (control.stub_table != table) {
    control.stub_table = table;
    control.stub_label = cx_.labels.add();
    stubs_.push_back(depth);
  }
  return control.stub_label;
}

void ControlLowering::emit_stubs(const TypeList& types) {
  for (const uint32_t depth : stubs_) {
    cx_.bind(target(depth).stub_label);
    move_to(target(depth).slot, types);
    jump_to(target(depth));
  }
}

// ---- the end of the function

void ControlLowering::return_() {
  const TypeList types = cx_.type.results();
  const bool is_single = types.size() == 1 && operand_type(types.front()) != OperandType::v128;
  if (!is_single && !types.empty()) {
    cx_.stack.settle(types.size());
    move_to(0, types);
  }
  Ir& ir = cx_.ir.emit(Operation::return_none);
  if (is_single) {
    const StackEntry value = cx_.stack.pop(); // no later operation reads it
    ir.operation = is_vector_class(value.type) ? Operation::return_float : Operation::return_;
    ir.wide = value.type == OperandType::f64;
    ir.a = cx_.stack.operand(value);
    ir.number.constant = value.constant();
  }
  ir.charge = cx_.fuel.pay();
  cx_.is_dead = true;
}

void ControlLowering::unreachable() {
  cx_.ir.emit(Operation::unreachable);
  cx_.is_dead = true;
}

} // namespace skerry::vm
