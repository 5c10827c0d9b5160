// Control instructions (spec §3.4.2).
#include "vm/validate/function_validator.hpp"

#include "vm/isa/features.hpp"

namespace skerry::vm {

TypeList FunctionValidator::param_types(const BlockType& block) const {
  return block.kind == BlockType::Kind::type ? module_.type(block.type).params() : TypeList();
}

TypeList FunctionValidator::result_types(const BlockType& block) const {
  switch (block.kind) {
  case BlockType::Kind::empty: return {};
  case BlockType::Kind::value: return TypeList(block.value);
  case BlockType::Kind::type: break;
  }
  return module_.type(block.type).results();
}

// ---- Frames

bool FunctionValidator::resolve_block_type(BlockType& block) {
  if (block.kind == BlockType::Kind::empty) return true;
  if (block.kind == BlockType::Kind::value) return block.value.is_num() || resolve(block.value);
  if (!find_func_type(block.type)) return false;
  const CanonicalType& type = module_.type(block.type);
  if ((type.params().empty() && type.results().size() <= 1) || features_.has(Feature::multi_value))
    return true;
  return needs_feature(Feature::multi_value, "a block with parameters or several results");
}

bool FunctionValidator::enter(Opcode op, BlockType block) {
  if (frames_.size() > limits_.nesting)
    return fail("nesting too deep: the limit is " + std::to_string(limits_.nesting), ErrorKind::limit);
  if (frames_.size() == frames_.capacity() && !hold(2 * frames_.size())) return false;
  if (!resolve_block_type(block) || (op == Opcode::if_ && !pop(i32))) return false;
  if (block.kind != BlockType::Kind::type) {
    push_frame(op, block);
    return true;
  }
  const TypeList params = param_types(block);
  if (!pop(params)) return false;
  push_frame(op, block);
  return push(params);
}

void FunctionValidator::push_frame(Opcode op, const BlockType& block) {
  const uint32_t height = stack_.height();
  frames_.push_back({op, false, block, height, static_cast<uint32_t>(initialized_.size()), 0});
  stack_.enter(height, false);
}

void FunctionValidator::set_unreachable() {
  frames_.back().is_unreachable = true;
  stack_.make_polymorphic();
}

/// Checks that the frame's results are on the stack and that no other operands are above the frame's start.
bool FunctionValidator::end_of_frame(const ControlFrame& frame) {
  if (!pop(result_types(frame.block))) return false;
  forget_initialized(frame.init_count);
  return stack_.is_empty() || left_over(frame);
}

bool FunctionValidator::else_() {
  ControlFrame& frame = frames_.back();
  if (frame.op != Opcode::if_) return fail("END opcode expected: else without if", ErrorKind::malformed);
  if (!end_of_frame(frame)) return false;
  frame.op = Opcode::else_;
  frame.is_unreachable = false;
  stack_.enter(frame.height, false);
  return push(param_types(frame.block));
}

bool FunctionValidator::end() {
  const ControlFrame frame = frames_.back();
  if (!end_of_frame(frame)) return false;
  // An if without else returns its parameters as its results.
  if (frame.op == Opcode::if_) {
    const auto params = param_types(frame.block), results = result_types(frame.block);
    if (!matcher_.matches(params, results)) return mismatch(results.to_vector());
  }
  frames_.pop_back();
  if (frames_.empty()) return true;
  stack_.enter(frames_.back().height, frames_.back().is_unreachable);
  return push(result_types(frame.block));
}

// ---- Branches

bool FunctionValidator::find_label(uint32_t label) {
  return label < frames_.size() || unknown("label", label, frames_.size());
}

bool FunctionValidator::br(uint32_t label) {
  if (!find_label(label) || !pop(label_types(frame_of_label(label)))) return false;
  set_unreachable();
  return true;
}

bool FunctionValidator::br_if(uint32_t label) {
  if (!find_label(label) || !pop(i32)) return false;
  const auto types = label_types(frame_of_label(label));
  return pop(types) && push(types);
}

bool FunctionValidator::br_table(const BrTableTargets& targets) {
  if (targets.count() > limits_.br_table_targets)
    return fail("too many br_table targets: " + std::to_string(targets.count()) + ", the limit is " +
                    std::to_string(limits_.br_table_targets),
                ErrorKind::limit);
  return pop(i32) && check_targets(targets) && (set_unreachable(), true);
}

/// Checks the labels of a br_table in linear time. A label that occurs several times is checked once. If two
/// consecutive labels have equal types, only the first is compared with the stack.
bool FunctionValidator::check_targets(const BrTableTargets& targets) {
  const uint32_t id = ++br_table_count_;
  std::optional<TypeList> last;
  for (uint32_t label : targets) {
    if (!find_label(label)) return false;
    ControlFrame& frame = frames_[frames_.size() - 1 - label];
    if (frame.visited_by == id) continue;
    frame.visited_by = id;
    const TypeList types = label_types(frame);
    if (last && *last == types) continue;
    const bool has_arity = !last || last->size() == types.size();
    if (!has_arity || !matcher_.charge(types.size()) || !stack_.top_matches(types))
      return mismatch(types.to_vector());
    last = types;
  }
  return true;
}

bool FunctionValidator::br_on_null(uint32_t label) {
  ValType type;
  if (!find_label(label) || !pop_ref(type)) return false;
  const auto types = label_types(frame_of_label(label));
  return pop(types) && push(types) && push(type == bottom_ref ? type : ValType::ref(type.heap(), false));
}

bool FunctionValidator::br_on_non_null(uint32_t label) {
  ValType type;
  if (!find_label(label) || !pop_ref(type)) return false;
  const auto types = label_types(frame_of_label(label));
  const ValType taken = type == bottom_ref ? type : ValType::ref(type.heap(), false);
  if (types.empty() || !matcher_.matches(taken, types.back())) return mismatch(types.to_vector());
  const TypeList others = types.without_last();
  return pop(others) && push(others);
}

bool FunctionValidator::return_() { return br(static_cast<uint32_t>(frames_.size() - 1)); }

// ---- Calls

bool FunctionValidator::find_func(uint32_t index) {
  return index < module_.functions.size() || unknown("function", index, module_.functions.size());
}

bool FunctionValidator::find_func_type(uint32_t type) { return find_type(type, CompositeKind::func); }

bool FunctionValidator::apply_func_type(uint32_t type) {
  const CanonicalType& func = module_.type(type);
  return pop(func.params()) && push(func.results());
}

/// The results of the callee must match those of the calling function.
bool FunctionValidator::tail_call(uint32_t type) {
  const CanonicalType& func = module_.type(type);
  const TypeList results = result_types(frames_.front().block);
  if (!matcher_.matches(func.results(), results)) {
    if (matcher_.is_exhausted()) return too_many_comparisons();
    return fail("type mismatch: the function called returns " + list(func.results().to_vector()) +
                ", its caller " + list(results.to_vector()));
  }
  if (!pop(func.params())) return false;
  set_unreachable();
  return true;
}

bool FunctionValidator::call(uint32_t func, bool is_tail) {
  if (!find_func(func)) return false;
  const uint32_t type = module_.functions[func];
  return is_tail ? tail_call(type) : apply_func_type(type);
}

bool FunctionValidator::call_indirect(const Instruction& instr, bool is_tail) {
  const auto [type, table] = instr.index;
  if (!find_table(table)) return false;
  if (!matcher_.matches(module_.tables[table].type.element, funcref))
    return fail("type mismatch: table " + std::to_string(table) + " does not hold functions");
  if (!find_func_type(type) || !pop(table_address(table))) return false;
  return is_tail ? tail_call(type) : apply_func_type(type);
}

bool FunctionValidator::call_ref(uint32_t type, bool is_tail) {
  if (!find_func_type(type) || !pop(ref_to(type, true))) return false;
  return is_tail ? tail_call(type) : apply_func_type(type);
}

// ---- Exceptions

bool FunctionValidator::throw_(uint32_t tag) {
  if (tag >= module_.tags.size()) return unknown("tag", tag, module_.tags.size());
  if (!pop(module_.type(module_.tags[tag]).params())) return false;
  set_unreachable();
  return true;
}

bool FunctionValidator::try_table(const Instruction& instr) {
  // The labels of the catch clauses are resolved before the block is entered, because the label of the block
  // is not visible to catch clauses.
  Catches catches = instr.catches;
  for (uint32_t i = 0; i < instr.catches.count; ++i)
    if (!check_catch(catches.next())) return false;
  return enter(instr.op, instr.block);
}

bool FunctionValidator::check_catch(const CatchClause& clause) {
  const bool has_tag = clause.kind == CatchKind::catch_ || clause.kind == CatchKind::catch_ref;
  const bool has_ref = clause.kind == CatchKind::catch_ref || clause.kind == CatchKind::catch_all_ref;
  if (has_tag && clause.tag >= module_.tags.size()) return unknown("tag", clause.tag, module_.tags.size());
  if (!find_label(clause.label)) return false;
  TypeList payload;
  if (has_tag) payload = module_.type(module_.tags[clause.tag]).params();
  TypeList wanted = label_types(frame_of_label(clause.label));
  bool matches = true;
  if (has_ref) {
    matches = !wanted.empty() && matcher_.matches(ValType::ref(HeapType::exn, false), wanted.back());
    if (matches) wanted = wanted.without_last();
  }
  if (matches && matcher_.matches(payload, wanted)) return true;
  if (matcher_.is_exhausted()) return too_many_comparisons();
  return fail("type mismatch: a catch clause and label " + std::to_string(clause.label));
}

} // namespace skerry::vm
