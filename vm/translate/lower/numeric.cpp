#include "vm/translate/lower/numeric.hpp"

#include "vm/translate/lower/comparisons.hpp"

#include <string_view>
#include <utility>

namespace skerry::vm {

namespace {

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

/// Returns a constant as a 64-bit immediate. An i32 is sign-extended, as instructions encode it.
uint64_t immediate(OperandType type, uint64_t value) {
  return type == OperandType::i32 ? static_cast<uint64_t>(int64_t{static_cast<int32_t>(value)}) : value;
}
bool fits_operand(uint64_t value) { return layout::SlotOrConstant::can_hold(static_cast<int64_t>(value)); }

} // namespace

void lower_numeric(LoweringContext& cx, Opcode op) {
  const std::string_view signature = info(op).signature;
  if (signature[1] == '>') return lower_unary(cx, op);
  return signature[2] == '>' ? lower_binary(cx, op) : lower_ternary(cx, op);
}

void lower_unary(LoweringContext& cx, Opcode op) {
  if (op == Opcode::i64_extend_i32_u) { // i32 values are kept zero-extended, so only the type changes
    StackEntry value = cx.stack.pop();
    value.type = OperandType::i64;
    return cx.stack.push(value);
  }
  const StackEntry a = cx.stack.materialize(cx.stack.pop());
  if (op == Opcode::i32_eqz && invert_comparison(cx, a)) return;
  Ir& ir = cx.ir.emit(Operation::unary);
  ir.opcode = op;
  ir.a = cx.stack.operand(a);
  ir.d = Operand::slot(a.slot);
  cx.stack.push_result(OperandType{info(op).signature[2]});
}

/// Prepares the operands of an integer instruction. Swaps the operands if only the left one is constant and
/// the instruction allows the swap. Turns the subtraction of a constant into an addition. Moves each constant
/// that the instruction cannot take as an immediate to a slot.
static void prepare_int_operands(LoweringContext& cx, Opcode& op, StackEntry& a, StackEntry& b) {
  const bool a_constant = a.is_constant(), b_constant = b.is_constant();
  if (a_constant && !b_constant && (is_commutative(op) || is_int_compare(op))) {
    if (is_int_compare(op)) op = swapped(op);
    std::swap(a, b); // each keeps its own slot
  }
  if (b.is_constant()) {
    b.value = immediate(b.type, b.value);
    if (op == Opcode::i32_sub || op == Opcode::i64_sub) {
      op = op == Opcode::i32_sub ? Opcode::i32_add : Opcode::i64_add;
      b.value = immediate(b.type, 0 - b.value);
    }
    if (!fits_operand(b.value)) b = cx.stack.materialize(b);
  }
  a = cx.stack.materialize(a);
}

/// Emits base + (x << k) as one operation, for k from 1 to 3. Returns false if `shifted` is not such a shift,
/// or if `base` is a constant.
static bool make_lea(LoweringContext& cx, StackEntry shifted, StackEntry base, uint32_t slot) {
  if (base.is_constant()) return false;
  const Ir* shift = cx.stack.definition(shifted);
  if (shift == nullptr || shift->opcode != Opcode::i32_shl || !shift->b.is_constant()) return false;
  if (shift->number.constant < 1 || shift->number.constant > 3) return false;
  const auto bits = static_cast<uint32_t>(shift->number.constant);
  const Operand index = shift->a;
  cx.ir.remove(shifted.def);
  Ir& ir = cx.ir.emit(Operation::lea);
  ir.lea.shift = bits;
  ir.a = cx.stack.operand(base);
  ir.b = index;
  ir.d = Operand::slot(slot);
  cx.stack.push_result(OperandType::i32);
  return true;
}

void lower_binary(LoweringContext& cx, Opcode op) {
  const std::string_view signature =
      info(op).signature; // read first, because prepare_int_operands() may replace op
  StackEntry b = cx.stack.pop(), a = cx.stack.pop();
  const uint32_t slot = a.slot;
  if (!is_vector_class(OperandType{signature[0]})) {
    prepare_int_operands(cx, op, a, b);
  } else {
    const bool swap = a.is_constant() && !b.is_constant();
    const bool commutes =
        op == Opcode::f32_add || op == Opcode::f32_mul || op == Opcode::f64_add || op == Opcode::f64_mul;
    if (swap && commutes) std::swap(a, b);
    a = cx.stack.materialize(a);
    if (OperandType{signature[1]} == OperandType::v128) b = cx.stack.materialize(b);
  }
  if (op == Opcode::i32_add && (make_lea(cx, a, b, slot) || make_lea(cx, b, a, slot))) return;
  Ir& ir = cx.ir.emit(Operation::binary);
  ir.opcode = op;
  ir.number.constant = b.constant();
  ir.a = cx.stack.operand(a);
  ir.b = cx.stack.operand(b);
  ir.d = Operand::slot(slot);
  cx.stack.push_result(OperandType{signature[3]});
}

void lower_ternary(LoweringContext& cx, Opcode op) {
  const StackEntry third = cx.stack.pop(), b = cx.stack.pop(),
                   a = cx.stack.pop(); // vectors are never constant entries
  Ir& ir = cx.ir.emit(Operation::ternary);
  ir.opcode = op;
  ir.a = cx.stack.operand(a);
  ir.b = cx.stack.operand(b);
  ir.c = cx.stack.operand(third);
  ir.d = Operand::slot(a.slot);
  cx.stack.push_result(OperandType{info(op).signature[4]});
}

} // namespace skerry::vm
