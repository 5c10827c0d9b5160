#include "vm/translate/lower/comparisons.hpp"

#include <optional>
#include <utility>

namespace skerry::vm {

namespace {

bool between(Opcode op, Opcode first, Opcode last) { return op >= first && op <= last; }

// The comparison opcodes are in the order eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u.
constexpr uint8_t swapped_compare[] = {0, 1, 4, 5, 2, 3, 8, 9, 6, 7};
constexpr uint8_t inverted_compare[] = {1, 0, 8, 9, 6, 7, 4, 5, 2, 3};
Opcode compare_of(Opcode op, const uint8_t (&by)[10]) {
  const Opcode first = op >= Opcode::i64_eq ? Opcode::i64_eq : Opcode::i32_eq;
  const auto index = static_cast<size_t>(op) - static_cast<size_t>(first);
  return static_cast<Opcode>(static_cast<size_t>(first) + by[index]);
}

/// Returns whether the instruction compares or tests 64-bit values.
bool is_wide(Opcode op) {
  const auto operand = OperandType{info(op).signature[0]};
  return operand == OperandType::i64 || operand == OperandType::f64;
}
Compare compare_kind(Opcode op) {
  const Opcode first = is_wide(op) ? Opcode::i64_eq : Opcode::i32_eq;
  return static_cast<Compare>(static_cast<size_t>(op) - static_cast<size_t>(first));
}

} // namespace

bool is_int_compare(Opcode op) {
  return between(op, Opcode::i32_eq, Opcode::i32_ge_u) || between(op, Opcode::i64_eq, Opcode::i64_ge_u);
}

Opcode swapped(Opcode op) { return compare_of(op, swapped_compare); }

bool invert_comparison(LoweringContext& cx, StackEntry entry) {
  Ir* compare = cx.stack.definition(entry);
  if (compare == nullptr || entry.def != cx.ir.last_open()) return false;
  if (compare->operation != Operation::binary || !is_int_compare(compare->opcode)) return false;
  compare->opcode = compare_of(compare->opcode, inverted_compare);
  cx.stack.push_temp(OperandType::i32, entry.def);
  return true;
}

namespace {

/// A condition that can be part of a branch.
struct Condition {
  enum class Form : uint8_t { comparison, float_comparison, zero_test, bit_test };
  Form form;
  Opcode opcode;
  Operand a, b;
  uint64_t constant;

  /// Makes the branch `ir` test this condition or, with `negate`, its opposite.
  void put(Ir& ir, bool negate) const;
};

std::optional<Condition::Form> form_of(const Ir& ir) {
  using enum Condition::Form;
  if (between(ir.opcode, Opcode::f32_eq, Opcode::f64_ge)) return float_comparison;
  if (ir.operation == Operation::unary)
    return ir.opcode == Opcode::i32_eqz || ir.opcode == Opcode::i64_eqz ? std::optional(zero_test)
                                                                        : std::nullopt;
  if (ir.operation != Operation::binary) return {};
  if (is_int_compare(ir.opcode)) return comparison;
  return ir.opcode == Opcode::i32_and ? std::optional(bit_test) : std::nullopt;
}

void Condition::put(Ir& ir, bool negate) const {
  ir.a = a;
  ir.b = form == Form::zero_test ? Operand::constant() : b;
  ir.jump.constant = constant;
  ir.wide = is_wide(opcode);
  switch (form) {
  case Form::float_comparison: ir.opcode = opcode, ir.negate = negate; break;
  case Form::bit_test: ir.compare = negate ? Compare::test_not : Compare::test; break;
  case Form::zero_test: ir.compare = negate ? Compare::ne : Compare::eq; break;
  case Form::comparison: ir.compare = compare_kind(negate ? compare_of(opcode, inverted_compare) : opcode);
  }
}

/// Returns whether `add` adds a constant step to a local, and `branch` compares this local with something
/// else. If the local is operand b of the comparison, swaps the operands.
bool counts(const Ir& add, Ir& branch, uint32_t first_temp) {
  const Opcode wanted = branch.wide ? Opcode::i64_add : Opcode::i32_add;
  const bool steps = add.operation == Operation::binary && add.opcode == wanted && add.b.is_constant() &&
                     layout::CountBranch::can_step_by(static_cast<int64_t>(add.number.constant)) &&
                     add.d.same_slot(add.a) && add.d.index < first_temp;
  if (!steps) return false;
  if (!add.d.same_slot(branch.a) && add.d.same_slot(branch.b) && branch.a.is_slot()) {
    std::swap(branch.a, branch.b);
    branch.compare = static_cast<Compare>(swapped_compare[static_cast<size_t>(branch.compare)]);
  }
  return add.d.same_slot(branch.a) && !add.d.same_slot(branch.b);
}

} // namespace

bool fuse_condition(LoweringContext& cx, StackEntry condition, bool negate) {
  const Ir* test = cx.stack.definition(condition);
  if (test == nullptr) return false;
  const std::optional<Condition::Form> form = form_of(*test);
  if (!form) return false;
  const uint64_t constant = test->operation == Operation::binary ? test->number.constant : 0;
  const Condition fused{*form, test->opcode, test->a, test->b, constant};
  cx.ir.remove(condition.def);
  const bool is_float = *form == Condition::Form::float_comparison;
  fused.put(cx.ir.emit(is_float ? Operation::branch_if_float : Operation::branch_if), negate);
  return true;
}

void fuse_count(LoweringContext& cx) {
  if (cx.ir.back().operation != Operation::branch_if || cx.ir.back().compare >= Compare::test) return;
  Ir branch = cx.ir.take_last();
  const uint32_t add = cx.ir.last_open();
  if (add != IrBuilder::none && counts(cx.ir[add], branch, cx.function.first_temp)) {
    branch.operation = Operation::count_branch;
    branch.jump.step = static_cast<int32_t>(cx.ir[add].number.constant);
    branch.d = branch.a;
    cx.ir.remove(add);
  }
  cx.ir.append(branch);
}

} // namespace skerry::vm
