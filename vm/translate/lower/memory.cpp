#include "vm/translate/lower/memory.hpp"

#include "vm/translate/lower/numeric.hpp"
#include "vm/translate/lower/stack_op.hpp"

#include <algorithm>

namespace skerry::vm {

namespace {

/// The parts of a vector load that is lowered as two instructions: a simpler load, and an instruction on its
/// result.
struct LoadThen {
  Opcode load, then;
};
LoadThen split_load(Opcode op) {
  using enum Opcode;
  switch (op) {
  case v128_load8x8_s: return {v128_load64_zero, i16x8_extend_low_i8x16_s};
  case v128_load8x8_u: return {v128_load64_zero, i16x8_extend_low_i8x16_u};
  case v128_load16x4_s: return {v128_load64_zero, i32x4_extend_low_i16x8_s};
  case v128_load16x4_u: return {v128_load64_zero, i32x4_extend_low_i16x8_u};
  case v128_load32x2_s: return {v128_load64_zero, i64x2_extend_low_i32x4_s};
  case v128_load32x2_u: return {v128_load64_zero, i64x2_extend_low_i32x4_u};
  case v128_load8_splat: return {i32_load8_u, i8x16_splat};
  case v128_load16_splat: return {i32_load16_u, i16x8_splat};
  case v128_load32_splat: return {i32_load, i32x4_splat};
  case v128_load64_splat: return {i64_load, i64x2_splat};
  default: return {op, invalid};
  }
}

int shift_of_size(uint32_t bytes) { return bytes == 8 ? 3 : bytes == 4 ? 2 : bytes == 2 ? 1 : 2; }

/// The parts from which a load or store computes its address. The fields are those of Ir and AccessDetail.
struct Address {
  AddressMode mode = AddressMode::plain;
  bool scaled = false;
  Operand a{}, b{};
  uint32_t end = 0;   // offset + size
  int32_t addend = 0; // wrapped modes: added to the address before it wraps

  void put(Ir& ir) const {
    ir.mode = mode, ir.scaled = scaled;
    ir.a = a, ir.b = b;
    ir.access = {end, addend};
  }
};

/// Returns whether an access can be a `load` or `store` operation instead of a `stack_op`. The access must be
/// to memory 0, this memory must have 32-bit addresses, and offset + size must fit in 32 bits.
bool is_plain(const Module& module, Opcode op, const MemArg& memarg) {
  return memory_row(op) != memory_row_count && memarg.memory == 0 && !module.memories[0].limits.is_64 &&
         memarg.offset + info(op).access_bytes <= UINT32_MAX;
}

/// If the address is x + constant, folds the constant into `address` and replaces `entry` by x. Else returns
/// false.
bool fold_addition(LoweringContext& cx, StackEntry& entry, Address& address) {
  const Ir* def = cx.stack.definition(entry);
  if (def == nullptr || def->operation != Operation::binary || def->opcode != Opcode::i32_add ||
      !def->b.is_constant())
    return false;
  address.mode = AddressMode::wrapped;
  address.addend = static_cast<int32_t>(def->number.constant);
  address.a = def->a;
  const uint32_t position = entry.def, slot = def->a.index;
  cx.ir.remove(position);
  const uint32_t writer = slot < cx.function.first_temp ? IrBuilder::none : cx.ir.find_writer(slot, position);
  entry = StackEntry::of_temp(OperandType::i32, writer, slot);
  return true;
}

/// If the address is base + index, base + (index << k) or index << k, folds these operands into `address`. k
/// is shift_of_size(size).
void fold_index(LoweringContext& cx, StackEntry entry, uint32_t size, Address& address) {
  const Ir* def = cx.stack.definition(entry);
  if (def == nullptr) return;
  const auto shift = static_cast<uint32_t>(shift_of_size(size));
  const bool is_add =
      def->operation == Operation::binary && def->opcode == Opcode::i32_add && def->b.is_slot();
  const bool is_lea = def->operation == Operation::lea && def->lea.shift == shift;
  const bool is_shift = def->operation == Operation::binary && def->opcode == Opcode::i32_shl &&
                        def->b.is_constant() && def->number.constant == shift;
  if (!is_add && !is_lea && !is_shift) return;
  address.a = is_shift ? Operand::constant() : def->a;
  address.b = is_shift ? def->a : def->b;
  address.scaled = !is_add;
  address.mode = address.mode == AddressMode::wrapped ? AddressMode::indexed_wrapped : AddressMode::indexed;
  cx.ir.remove(entry.def);
}

/// Chooses the addressing mode and folds the operations that compute the address.
Address address_of(LoweringContext& cx, StackEntry entry, Opcode op, const MemArg& memarg) {
  Address address;
  const uint32_t size = info(op).access_bytes;
  const uint64_t end = memarg.offset + size;
  address.end = static_cast<uint32_t>(end);
  if (entry.is_constant()) {
    const uint64_t absolute = static_cast<uint32_t>(entry.value) + end;
    if (absolute <= UINT32_MAX) {
      address.a = Operand::constant();
      address.end = static_cast<uint32_t>(absolute);
      return address;
    }
    entry = cx.stack.materialize(entry);
  }
  const bool folded = fold_addition(cx, entry, address);
  if (!folded) address.a = cx.stack.operand(entry);
  if (folded || end <= layout::most_indexed_end) fold_index(cx, entry, size, address);
  return address;
}

} // namespace

void lower_load(LoweringContext& cx, Opcode op, const MemArg& memarg) {
  if (const LoadThen split = split_load(op); split.then != Opcode::invalid) {
    lower_load(cx, split.load, memarg);
    return lower_unary(cx, split.then);
  }
  const OperandType result{info(op).signature[2]};
  if (!is_plain(cx.module, op, memarg))
    return lower_stack_op(cx, op, 1, {result}, memarg.memory, memarg.offset);
  const StackEntry entry = cx.stack.pop();
  const Address from = address_of(cx, entry, op, memarg);
  Ir& ir = cx.ir.emit(Operation::load);
  ir.opcode = op;
  from.put(ir);
  ir.d = Operand::slot(entry.slot);
  cx.stack.push_result(result);
}

void lower_store(LoweringContext& cx, Opcode op, const MemArg& memarg) {
  if (!is_plain(cx.module, op, memarg)) return lower_stack_op(cx, op, 2, {}, memarg.memory, memarg.offset);
  StackEntry value = cx.stack.pop();
  const StackEntry entry = cx.stack.pop();
  Opcode stored = op;
  if (value.is_constant()) {
    // A float constant is stored as the integer with the same bits. A small integer becomes an immediate.
    if (op == Opcode::f32_store) stored = Opcode::i32_store, value.type = OperandType::i32;
    if (op == Opcode::f64_store) stored = Opcode::i64_store, value.type = OperandType::i64;
    const int64_t number = value.type == OperandType::i32 ? static_cast<int32_t>(value.value)
                                                          : static_cast<int64_t>(value.value);
    value.value = static_cast<uint64_t>(number);
    if (!layout::SlotOrConstant16::can_hold(number)) {
      if (value.type == OperandType::i32) value.value = static_cast<uint32_t>(number);
      value = cx.stack.materialize(value);
    }
  }
  const Address to = address_of(cx, entry, op, memarg);
  Ir& ir = cx.ir.emit(Operation::store);
  ir.opcode = stored;
  to.put(ir);
  ir.c = cx.stack.operand(value);
}

} // namespace skerry::vm
