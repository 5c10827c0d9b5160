// Numeric instructions: moves constants to the right, inverts comparisons in place, and folds shifts into
// additions.
#include "vm/translate/lowering.hpp"

#include <utility>

namespace skerry::vm {

namespace {

bool between(Opcode op, Opcode first, Opcode last) { return op >= first && op <= last; }
bool is_int_compare(Opcode op) {
  return between(op, Opcode::i32_eq, Opcode::i32_ge_u) || between(op, Opcode::i64_eq, Opcode::i64_ge_u);
}
bool is_commutative(Opcode op) {
  switch (op) {
  case Opcode::i32_add:
  case Opcode::i32_mul:
  case Opcode::i32_and:
  case Opcode::i32_or:
  case Opcode::i32_xor:
  case Opcode::i64_add:
  case Opcode::i64_mul:
  case Opcode::i64_and:
  case Opcode::i64_or:
  case Opcode::i64_xor: return true;
  default: return false;
  }
}

// The comparison opcodes are in the order eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u.
constexpr uint8_t swapped_compare[] = {0, 1, 4, 5, 2, 3, 8, 9, 6, 7};
constexpr uint8_t inverted_compare[] = {1, 0, 8, 9, 6, 7, 4, 5, 2, 3};
Opcode compare_of(Opcode op, const uint8_t (&by)[10]) {
  const Opcode first = op >= Opcode::i64_eq ? Opcode::i64_eq : Opcode::i32_eq;
  const auto index = static_cast<size_t>(op) - static_cast<size_t>(first);
  return static_cast<Opcode>(static_cast<size_t>(first) + by[index]);
}

/// Returns a constant as a 64-bit immediate. An i32 is sign-extended, as instructions encode it.
uint64_t immediate(char letter, uint64_t value) {
  return letter == 'i' ? static_cast<uint64_t>(int64_t{static_cast<int32_t>(value)}) : value;
}
bool fits_operand(uint64_t value) { return layout::SlotOrConstant::can_hold(static_cast<int64_t>(value)); }

} // namespace

void Lowering::numeric(Opcode op) {
  const std::string_view signature = info(op).signature;
  if (signature[1] == '>') return unary(op, signature);
  return signature[2] == '>' ? binary(op, signature) : ternary(op, signature);
}

void Lowering::unary(Opcode op, std::string_view signature) {
  if (op == Opcode::i64_extend_i32_u) { // i32 values are kept zero-extended, so only the type changes
    Entry value = pop();
    value.letter = 'I';
    return push(value);
  }
  const Entry a = materialize(pop());
  if (op == Opcode::i32_eqz && invert_comparison(a)) return;
  Ir& ir = emit(Operation::unary);
  ir.row = op;
  ir.a = operand(a);
  ir.d = Operand::slot(a.slot);
  push_temp(signature[2], last());
}

/// Inverts a comparison in place: not (a < b) becomes a >= b. Returns false if that is not possible.
bool Lowering::invert_comparison(Entry entry) {
  Ir* compare = definition(entry);
  if (compare == nullptr || entry.def != last_live()) return false;
  if (compare->operation != Operation::binary || !is_int_compare(compare->row)) return false;
  compare->row = compare_of(compare->row, inverted_compare);
  push_temp('i', entry.def);
  return true;
}

/// Moves a constant to the right if the operation allows it, turns the subtraction of a constant into an
/// addition, and moves a constant that is too large to a slot.
void Lowering::prepare_int_operands(Opcode& op, Entry& a, Entry& b) {
  const bool a_constant = a.where == Entry::Where::constant, b_constant = b.where == Entry::Where::constant;
  if (a_constant && !b_constant && (is_commutative(op) || is_int_compare(op))) {
    if (is_int_compare(op)) op = compare_of(op, swapped_compare);
    std::swap(a, b); // each keeps its own slot
  }
  if (b.where == Entry::Where::constant) {
    b.value = immediate(b.letter, b.value);
    if (op == Opcode::i32_sub || op == Opcode::i64_sub) {
      op = op == Opcode::i32_sub ? Opcode::i32_add : Opcode::i64_add;
      b.value = immediate(b.letter, 0 - b.value);
    }
    if (!fits_operand(b.value)) b = materialize(b);
  }
  a = materialize(a);
}

void Lowering::binary(Opcode op, std::string_view signature) {
  Entry b = pop(), a = pop();
  const uint32_t slot = a.slot;
  if (class_of(signature[0]) == 'i') {
    prepare_int_operands(op, a, b);
  } else {
    const bool swap = a.where == Entry::Where::constant && b.where != Entry::Where::constant;
    const bool commutes =
        op == Opcode::f32_add || op == Opcode::f32_mul || op == Opcode::f64_add || op == Opcode::f64_mul;
    if (swap && commutes) std::swap(a, b);
    a = materialize(a);
    if (signature[1] == 'v') b = materialize(b);
  }
  if (op == Opcode::i32_add && (make_lea(a, b, slot) || make_lea(b, a, slot))) return;
  Ir& ir = emit(Operation::binary);
  ir.row = op;
  ir.number.constant = constant_of(b);
  ir.a = operand(a);
  ir.b = operand(b);
  ir.d = Operand::slot(slot);
  push_temp(signature[3], last());
}

/// Emits base + (x << 1…3) as one operation. Returns false if `shifted` is not such a shift.
bool Lowering::make_lea(Entry shifted, Entry base, uint32_t slot) {
  if (base.where == Entry::Where::constant) return false;
  const Ir* shift = definition(shifted);
  if (shift == nullptr || shift->row != Opcode::i32_shl || !shift->b.is_constant()) return false;
  if (shift->number.constant < 1 || shift->number.constant > 3) return false;
  const auto bits = static_cast<uint32_t>(shift->number.constant);
  const Operand index = shift->a;
  remove(shifted.def);
  Ir& ir = emit(Operation::lea);
  ir.lea.shift = bits;
  ir.a = operand(base);
  ir.b = index;
  ir.d = Operand::slot(slot);
  push_temp('i', last());
  return true;
}

void Lowering::ternary(Opcode op, std::string_view signature) {
  const Entry c = pop(), b = pop(), a = pop(); // vectors are never constant entries
  Ir& ir = emit(Operation::ternary);
  ir.row = op;
  ir.a = operand(a);
  ir.b = operand(b);
  ir.c = operand(c);
  ir.d = Operand::slot(a.slot);
  push_temp(signature[4], last());
}

/// Replaces a comparison by a branch on that comparison. Returns false if the condition is not a comparison.
bool Lowering::fuse_condition(Entry condition, bool negate) {
  const Ir* test = definition(condition);
  if (test == nullptr) return false;
  const Opcode row = test->row;
  const Operand a = test->a, b = test->b;
  const bool is_binary = test->operation == Operation::binary;
  const uint64_t constant = is_binary ? test->number.constant : 0;
  const bool is_test = is_binary && row == Opcode::i32_and;
  const bool is_zero_test =
      test->operation == Operation::unary && (row == Opcode::i32_eqz || row == Opcode::i64_eqz);
  const bool is_float = between(row, Opcode::f32_eq, Opcode::f64_ge);
  if (!is_test && !is_zero_test && !is_float && !(is_binary && is_int_compare(row))) return false;
  remove(condition.def);
  Ir& ir = emit(is_float ? Operation::branch_if_float : Operation::branch_if);
  ir.a = a;
  ir.b = is_zero_test ? Operand::constant() : b;
  ir.jump.constant = constant;
  ir.wide = is_float ? row >= Opcode::f64_eq : info(row).signature[0] == 'I';
  if (is_float) {
    ir.row = row;
    ir.negate = negate;
  } else if (is_test) {
    ir.compare = negate ? Compare::test_not : Compare::test;
  } else if (is_zero_test) {
    ir.compare = negate ? Compare::ne : Compare::eq;
  } else {
    const Opcode op = negate ? compare_of(row, inverted_compare) : row;
    const Opcode first = ir.wide ? Opcode::i64_eq : Opcode::i32_eq;
    ir.compare = static_cast<Compare>(static_cast<size_t>(op) - static_cast<size_t>(first));
  }
  return true;
}

/// Fuses i += step; if (i < end) goto loop into one operation. The branch is the last operation.
void Lowering::fuse_count() {
  if (ir_.back().operation != Operation::branch_if || ir_.back().compare >= Compare::test) return;
  Ir ir = ir_.back();
  ir_.pop_back();
  if (const uint32_t add = last_live(); add != none && counts(ir_[add], ir)) {
    ir.operation = Operation::count_branch;
    ir.jump.step = static_cast<int32_t>(ir_[add].number.constant);
    ir.d = ir.a;
    remove(add);
  }
  ir_.push_back(ir);
}

/// Returns whether the addition steps the local that the branch compares. Swaps the operands of the
/// comparison if that is necessary.
bool Lowering::counts(const Ir& add, Ir& ir) const {
  const Opcode wanted = ir.wide ? Opcode::i64_add : Opcode::i32_add;
  const bool steps = add.operation == Operation::binary && add.row == wanted && add.b.is_constant() &&
                     layout::CountBranch::can_step_by(static_cast<int64_t>(add.number.constant)) &&
                     add.d.same_slot(add.a) && add.d.index < function_.first_temp;
  if (!steps) return false;
  if (!add.d.same_slot(ir.a) && add.d.same_slot(ir.b) && ir.a.is_slot()) {
    std::swap(ir.a, ir.b);
    ir.compare = static_cast<Compare>(swapped_compare[static_cast<size_t>(ir.compare)]);
  }
  return add.d.same_slot(ir.a) && !add.d.same_slot(ir.b);
}

} // namespace skerry::vm
