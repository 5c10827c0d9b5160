// Numeric instructions: constants to the right, comparisons inverted in place, shifts folded into additions.
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

// Comparisons come in the order eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u.
constexpr uint8_t swapped_compare[] = {0, 1, 4, 5, 2, 3, 8, 9, 6, 7};
constexpr uint8_t inverted_compare[] = {1, 0, 8, 9, 6, 7, 4, 5, 2, 3};
Opcode compare_of(Opcode op, const uint8_t (&by)[10]) {
  const Opcode first = op >= Opcode::i64_eq ? Opcode::i64_eq : Opcode::i32_eq;
  const auto index = static_cast<size_t>(op) - static_cast<size_t>(first);
  return static_cast<Opcode>(static_cast<size_t>(first) + by[index]);
}

/// A constant as a 64-bit immediate: i32 sign-extended, as instructions encode them.
uint64_t immediate(char letter, uint64_t value) {
  return letter == 'i' ? static_cast<uint64_t>(int64_t{static_cast<int32_t>(value)}) : value;
}
bool fits_32(uint64_t value) { return static_cast<int64_t>(value) == static_cast<int32_t>(value); }

} // namespace

void Lowering::numeric(Opcode op) {
  const std::string_view signature = info(op).signature;
  if (signature[1] == '>') return unary(op, signature);
  return signature[2] == '>' ? binary(op, signature) : ternary(op, signature);
}

void Lowering::unary(Opcode op, std::string_view signature) {
  if (op == Opcode::i64_extend_i32_u) { // registers hold i32 zero-extended: only the type changes
    stack_.back().letter = 'I';
    return;
  }
  const Entry a = materialize(pop());
  if (op == Opcode::i32_eqz && invert_comparison(a)) return;
  Ir ir{.operation = Operation::unary};
  ir.row = op;
  ir.a = operand(a);
  ir.d = Operand::slot(a.slot);
  push_temp(signature[2], emit(ir));
}

/// not (a < b) is a >= b.
bool Lowering::invert_comparison(const Entry& entry) {
  Ir* compare = definition(entry);
  if (compare == nullptr || entry.def != last_live()) return false;
  if (compare->operation != Operation::binary || !is_int_compare(compare->row)) return false;
  compare->row = compare_of(compare->row, inverted_compare);
  push_temp('i', entry.def);
  return true;
}

/// Constants to the right where the operation allows, subtraction of one as addition, too large ones to a
/// slot.
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
    if (!fits_32(b.value)) b = materialize(b);
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
  Ir ir{.operation = Operation::binary};
  ir.row = op;
  ir.a = operand(a);
  ir.b = operand(b);
  ir.d = Operand::slot(slot);
  push_temp(signature[3], emit(ir));
}

/// base + (x << 1…3)
bool Lowering::make_lea(const Entry& shifted, const Entry& base, uint32_t slot) {
  if (base.where == Entry::Where::constant) return false;
  const Ir* shift = definition(shifted);
  if (shift == nullptr || shift->row != Opcode::i32_shl || !shift->b.is_constant()) return false;
  if (shift->b.value < 1 || shift->b.value > 3) return false;
  Ir ir{.operation = Operation::lea};
  ir.imm = static_cast<int64_t>(shift->b.value);
  ir.a = operand(base);
  ir.b = shift->a;
  ir.d = Operand::slot(slot);
  remove(shifted.def);
  push_temp('i', emit(ir));
  return true;
}

void Lowering::ternary(Opcode op, std::string_view signature) {
  const Entry c = pop(), b = pop(), a = pop(); // vectors: never constants
  Ir ir{.operation = Operation::ternary};
  ir.row = op;
  ir.a = operand(a);
  ir.b = operand(b);
  ir.c = operand(c);
  ir.d = Operand::slot(a.slot);
  push_temp(signature[4], emit(ir));
}

bool Lowering::fuse_condition(const Entry& condition, bool negate, Ir& ir) {
  const Ir* test = definition(condition);
  if (test == nullptr) return false;
  const std::string_view signature = info(test->row).signature;
  ir = Ir{.operation = Operation::branch_if};
  ir.a = test->a;
  ir.b = test->b;
  ir.wide = !signature.empty() && signature[0] == 'I';
  if (test->operation == Operation::binary && is_int_compare(test->row)) {
    const Opcode op = negate ? compare_of(test->row, inverted_compare) : test->row;
    const Opcode first = ir.wide ? Opcode::i64_eq : Opcode::i32_eq;
    ir.compare = static_cast<Compare>(static_cast<size_t>(op) - static_cast<size_t>(first));
  } else if (test->operation == Operation::binary && test->row == Opcode::i32_and) {
    ir.compare = negate ? Compare::test_not : Compare::test;
  } else if (test->operation == Operation::unary &&
             (test->row == Opcode::i32_eqz || test->row == Opcode::i64_eqz)) {
    ir.compare = negate ? Compare::ne : Compare::eq;
    ir.b = Operand::constant(0);
  } else if (between(test->row, Opcode::f32_eq, Opcode::f64_ge)) {
    ir.operation = Operation::branch_if_float;
    ir.row = test->row;
    ir.wide = test->row >= Opcode::f64_eq;
    ir.negate = negate;
  } else {
    return false;
  }
  remove(condition.def);
  return true;
}

/// i += step; if (i < end) again: one operation.
void Lowering::fuse_count(Ir& ir) {
  const uint32_t last = last_live();
  if (ir.operation != Operation::branch_if || ir.compare >= Compare::test || last == none) return;
  const Ir& add = ir_[last];
  const Opcode wanted = ir.wide ? Opcode::i64_add : Opcode::i32_add;
  const bool counts = add.operation == Operation::binary && add.row == wanted && add.b.is_constant() &&
                      static_cast<int64_t>(add.b.value) == static_cast<int16_t>(add.b.value) &&
                      add.d.same_slot(add.a) && add.d.index < function_.first_temp;
  if (!counts) return;
  if (!add.d.same_slot(ir.a) && add.d.same_slot(ir.b) && ir.a.is_slot()) {
    std::swap(ir.a, ir.b);
    ir.compare = static_cast<Compare>(swapped_compare[static_cast<size_t>(ir.compare)]);
  }
  if (!add.d.same_slot(ir.a) || add.d.same_slot(ir.b)) return;
  ir.operation = Operation::count_branch;
  ir.imm = static_cast<int64_t>(add.b.value);
  ir.d = ir.a;
  remove(last);
}

} // namespace skerry::vm
