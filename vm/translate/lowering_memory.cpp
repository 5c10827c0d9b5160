// Loads, stores, and other instructions that work on canonical slots.
#include "vm/translate/lowering.hpp"

#include <algorithm>

namespace skerry::vm {

namespace {

/// Vector loads that consist of a simpler load and an instruction on its result.
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

} // namespace

/// The operands that determine the address of a load or store. The fields are as in Ir.
struct Lowering::Address {
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

/// Returns whether the fast handlers support the access: memory 0, 32-bit addresses, and an offset for which
/// offset + size fits in 32 bits.
bool Lowering::is_plain_memory(Opcode op, const MemArg& memarg) const {
  return memory_row(op) != memory_row_count && memarg.memory == 0 && !module_.memories[0].limits.is_64 &&
         memarg.offset + info(op).access_bytes <= UINT32_MAX;
}

/// Returns the last operation before `before` that writes the slot, if it is close enough.
uint32_t Lowering::find_definition(uint32_t slot, uint32_t before) const {
  constexpr uint32_t look_back = 24;
  for (uint32_t i = std::min(before, ir_.size()); i-- > barrier_ && before - i < look_back;)
    if (ir_[i].d.is_slot(slot)) return i;
  return none;
}

/// Folds x + constant into the address and continues with x. Returns false if the address is not such a sum.
bool Lowering::fold_addition(Entry& entry, Address& address) {
  const Ir* def = definition(entry);
  if (def == nullptr || def->operation != Operation::binary || def->row != Opcode::i32_add ||
      !def->b.is_constant())
    return false;
  address.mode = AddressMode::wrapped;
  address.addend = static_cast<int32_t>(def->number.constant);
  address.a = def->a;
  const uint32_t position = entry.def, slot = def->a.index;
  remove(position);
  entry = Entry::of_temp('i', slot < function_.first_temp ? none : find_definition(slot, position));
  entry.slot = static_cast<uint16_t>(slot);
  return true;
}

/// Folds base + index, base + (index << k) or index << k into the address, for the k that belongs to the
/// access size.
void Lowering::fold_index(Entry entry, uint32_t size, Address& address) {
  const Ir* def = definition(entry);
  if (def == nullptr) return;
  const auto shift = static_cast<uint32_t>(shift_of_size(size));
  const bool is_add = def->operation == Operation::binary && def->row == Opcode::i32_add && def->b.is_slot();
  const bool is_lea = def->operation == Operation::lea && def->lea.shift == shift;
  const bool is_shift = def->operation == Operation::binary && def->row == Opcode::i32_shl &&
                        def->b.is_constant() && def->number.constant == shift;
  if (!is_add && !is_lea && !is_shift) return;
  address.a = is_shift ? Operand::constant() : def->a;
  address.b = is_shift ? def->a : def->b;
  address.scaled = !is_add;
  address.mode = address.mode == AddressMode::wrapped ? AddressMode::indexed_wrapped : AddressMode::indexed;
  remove(entry.def);
}

/// Chooses the addressing mode and folds the operations that compute the address.
Lowering::Address Lowering::address(Entry entry, Opcode op, const MemArg& memarg) {
  Address address;
  const uint32_t size = info(op).access_bytes;
  const uint64_t end = memarg.offset + size;
  address.end = static_cast<uint32_t>(end);
  if (entry.where == Entry::Where::constant) {
    const uint64_t absolute = static_cast<uint32_t>(entry.value) + end;
    if (absolute <= UINT32_MAX) {
      address.a = Operand::constant();
      address.end = static_cast<uint32_t>(absolute);
      return address;
    }
    entry = materialize(entry);
  }
  const bool folded = fold_addition(entry, address);
  if (!folded) address.a = operand(entry);
  if (folded || end <= layout::most_indexed_end) fold_index(entry, size, address);
  return address;
}

void Lowering::load(Opcode op, const MemArg& memarg) {
  if (const LoadThen split = split_load(op); split.then != Opcode::invalid) {
    load(split.load, memarg);
    return unary(split.then, info(split.then).signature);
  }
  const char result = info(op).signature[2];
  if (!is_plain_memory(op, memarg))
    return stack_op(op, 1, std::string_view(&result, 1), memarg.memory, memarg.offset);
  const Entry entry = pop();
  const Address from = address(entry, op, memarg);
  Ir& ir = emit(Operation::load);
  ir.row = op;
  from.put(ir);
  ir.d = Operand::slot(entry.slot);
  push_temp(result, last());
}

void Lowering::store(Opcode op, const MemArg& memarg) {
  if (!is_plain_memory(op, memarg)) return stack_op(op, 2, "", memarg.memory, memarg.offset);
  Entry value = pop();
  const Entry entry = pop();
  Opcode row = op;
  if (value.where == Entry::Where::constant) {
    // Float constants are stored like integers of the same size; small ones become immediates.
    if (op == Opcode::f32_store) row = Opcode::i32_store, value.letter = 'i';
    if (op == Opcode::f64_store) row = Opcode::i64_store, value.letter = 'I';
    const int64_t number =
        value.letter == 'i' ? static_cast<int32_t>(value.value) : static_cast<int64_t>(value.value);
    value.value = static_cast<uint64_t>(number);
    if (!layout::SlotOrConstant16::can_hold(number)) {
      if (value.letter == 'i') value.value = static_cast<uint32_t>(number);
      value = materialize(value);
    }
  }
  const Address to = address(entry, op, memarg);
  Ir& ir = emit(Operation::store);
  ir.row = row;
  to.put(ir);
  ir.c = operand(value);
}

/// Instructions that may run for long or wait for the system pay before they begin.
static bool pays(Opcode op) {
  switch (op) {
  case Opcode::memory_grow:
  case Opcode::memory_fill:
  case Opcode::memory_copy:
  case Opcode::memory_init:
  case Opcode::table_grow:
  case Opcode::table_fill:
  case Opcode::table_copy:
  case Opcode::table_init: return true;
  default: return false;
  }
}

/// Operands and results are in consecutive slots. The first immediate has 32 bits, the second 32 or 64.
void Lowering::stack_op(Opcode op, uint32_t pops, std::string_view results, uint64_t first, uint64_t second) {
  settle(pops);
  for (uint32_t i = 0; i < pops; ++i) pop();
  Ir& ir = emit(Operation::stack_op);
  ir.row = op;
  ir.stack = {next_slot_, static_cast<uint32_t>(first), second};
  ir.keep = true;
  if (pays(op)) ir.charge = pay();
  for (const char letter : results) push_temp(letter, none);
}

} // namespace skerry::vm
