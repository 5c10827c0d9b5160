// Encodes operations on values: numeric ones, moves, loads and stores.
#include "vm/translate/emit/encode.hpp"

#include "vm/code/simd_places.hpp"

#include <string_view>

namespace skerry::vm {

namespace {

/// Returns how many places an operand of a class can have: its slot, each register, and the code (for a
/// constant). writable() is for operands that are never constant, readable() for operands that may be
/// constant.
size_t writable(char cls) { return cls == 's' ? 1 : cls == 'v' ? place::vector_writable : place::writable; }
size_t readable(char cls) { return cls == 's' ? 1 : cls == 'v' ? place::vector_readable : place::readable; }
const HandlerRow& numeric_row(const InstructionWriter& w, const Ir& ir) {
  return w.handlers().numeric[static_cast<size_t>(ir.opcode)];
}

void encode_unary(InstructionWriter& w, const Ir& ir) {
  const OperandClasses c = ir.classes();
  const size_t index = place_of(ir.d, c.d) * writable(c.a) + place_of(ir.a, c.a);
  auto& i = w.begin<layout::Unary>(numeric_row(w, ir)[index], ir);
  i.d = slot(ir.d);
  i.a = slot(ir.a);
}

/// The common case of encode_binary(): all operands are integers.
void encode_int_binary(InstructionWriter& w, const Ir& ir) {
  const size_t index =
      (int_place(ir.d) * place::writable + int_place(ir.a)) * place::readable + int_place(ir.b);
  auto& i = w.begin<layout::Binary>(numeric_row(w, ir)[index], ir);
  i.d = slot(ir.d);
  i.a = slot(ir.a);
  i.b = slot_or(ir.b, ir.number.constant);
}

void encode_binary(InstructionWriter& w, const Ir& ir) {
  const OperandClasses c = ir.classes();
  if (c.d == 'i' && c.a == 'i' && c.b == 'i') return encode_int_binary(w, ir);
  const std::string_view signature = info(ir.opcode).signature;
  const size_t b_places = signature[1] == 'v' ? writable(c.b) : readable(c.b);
  const size_t index =
      (place_of(ir.d, c.d) * writable(c.a) + place_of(ir.a, c.a)) * b_places + place_of(ir.b, c.b);
  if (signature[1] == 'F' && ir.b.is_constant()) {
    auto& i = w.begin<layout::BinaryF64>(numeric_row(w, ir)[index], ir);
    i.d = slot(ir.d);
    i.a = slot(ir.a);
    i.b.bits = ir.number.constant;
    return;
  }
  auto& i = w.begin<layout::Binary>(numeric_row(w, ir)[index], ir);
  i.d = slot(ir.d);
  i.a = slot(ir.a);
  i.b = c.b == 'i' ? slot_or(ir.b, ir.number.constant) : slot_or_f32(ir.b, ir.number.constant);
}

void encode_ternary(InstructionWriter& w, const Ir& ir) {
  auto& i = w.begin<layout::Ternary>(numeric_row(w, ir)[0], ir);
  i.d = slot(ir.d);
  i.a = slot(ir.a);
  i.b = slot(ir.b);
  i.c = slot(ir.c);
}

void encode_extract_lane(InstructionWriter& w, const Ir& ir) {
  auto& i = w.begin<layout::ExtractLane>(numeric_row(w, ir)[place_of(ir.d, ir.classes().d)], ir);
  i.d = slot(ir.d);
  i.a = slot(ir.a);
  i.first_byte = static_cast<uint16_t>(ir.lane.first_byte);
}

void encode_replace_lane(InstructionWriter& w, const Ir& ir) {
  auto& i = w.begin<layout::ReplaceLane>(numeric_row(w, ir)[place_of(ir.b, ir.classes().b)], ir);
  i.d = slot(ir.d);
  i.a = slot(ir.a);
  i.b = slot(ir.b);
  i.first_byte = static_cast<uint16_t>(ir.lane.first_byte);
}

void encode_shuffle(InstructionWriter& w, const Ir& ir) {
  const size_t index =
      (vector_place(ir.d) * place::vector_writable + vector_place(ir.a)) * place::vector_writable +
      vector_place(ir.b);
  auto& i = w.begin<layout::Shuffle>(w.handlers().shuffle[index], ir);
  i.d = slot(ir.d);
  i.a = slot(ir.a);
  i.b = slot(ir.b);
  constexpr uint8_t lanes_of_a = 16, none = 0x80;
  for (size_t lane = 0; lane < ir.bytes.size(); ++lane) {
    const uint8_t from = ir.bytes[lane];
    i.from_a.bytes[lane] = from < lanes_of_a ? from : none;
    i.from_b.bytes[lane] = from < lanes_of_a ? none : static_cast<uint8_t>(from - lanes_of_a);
  }
}

void encode_lea(InstructionWriter& w, const Ir& ir) {
  const size_t index =
      (int_place(ir.d) * place::writable + int_place(ir.a)) * place::writable + int_place(ir.b);
  auto& i = w.begin<layout::Lea>(w.handlers().lea[ir.lea.shift - 1][index], ir);
  i.d = slot(ir.d);
  i.a = slot(ir.a);
  i.b = slot(ir.b);
}

void encode_move_constant64(InstructionWriter& w, NumberedHandler handler, const Ir& ir) {
  auto& i = w.begin<layout::MoveConstant64>(handler, ir);
  i.d = slot(ir.d);
  i.a.bits = ir.number.constant;
}

void encode_move(InstructionWriter& w, const Ir& ir) {
  const uint64_t constant = ir.number.constant;
  if (ir.a.is_constant() && !layout::SlotOrConstant::can_hold(static_cast<int64_t>(constant)))
    return encode_move_constant64(w, w.handlers().move_constant64[int_place(ir.d)], ir);
  auto& i = w.begin<layout::Move>(w.handlers().move[int_place(ir.d) * place::readable + int_place(ir.a)], ir);
  i.d = slot(ir.d);
  i.a = slot_or(ir.a, constant);
}

void encode_float_move(InstructionWriter& w, const Ir& ir) {
  const size_t index = vector_place(ir.d) * place::vector_readable + vector_place(ir.a);
  const NumberedHandler handler = w.handlers().float_move[ir.wide][index];
  if (ir.wide && ir.a.is_constant()) return encode_move_constant64(w, handler, ir);
  auto& i = w.begin<layout::Move>(handler, ir);
  i.d = slot(ir.d);
  i.a = slot_or_f32(ir.a, ir.number.constant);
}

void encode_move128(InstructionWriter& w, const Ir& ir) {
  auto& i = w.begin<layout::Unary>(
      w.handlers().move128[vector_place(ir.d) * place::vector_writable + vector_place(ir.a)], ir);
  i.d = slot(ir.d);
  i.a = slot(ir.a);
}

void encode_constant128(InstructionWriter& w, const Ir& ir) {
  auto& i = w.begin<layout::Constant128>(w.handlers().constant128[vector_place(ir.d)], ir);
  i.d = slot(ir.d);
  i.value.bytes = ir.bytes;
}

void encode_copy_slots(InstructionWriter& w, const Ir& ir) {
  auto& i = w.begin<layout::CopySlots>(w.handlers().copy_slots, ir);
  i.to = static_cast<layout::Slot>(ir.copy.to);
  i.from = static_cast<layout::Slot>(ir.copy.from);
  i.count = ir.copy.count;
}

void encode_select(InstructionWriter& w, const Ir& ir) {
  const size_t index =
      ((int_place(ir.d) * place::readable + int_place(ir.a)) * place::readable + int_place(ir.b)) *
          place::writable +
      int_place(ir.c);
  auto& i = w.begin<layout::Select>(w.handlers().select[index], ir);
  i.d = slot(ir.d);
  i.a = slot_or_small(ir.a);
  i.b = slot_or_small(ir.b);
  i.c = slot(ir.c);
}

void encode_select_slots(InstructionWriter& w, const Ir& ir) {
  auto& i = w.begin<layout::Ternary>(w.handlers().select_slots[ir.pair][int_place(ir.c)], ir);
  i.d = slot(ir.d);
  i.a = slot(ir.a);
  i.b = slot(ir.b);
  i.c = slot(ir.c);
}

size_t indexed(size_t value_place, size_t a, const Ir& ir) {
  return ((value_place * place::readable + a) * place::writable + int_place(ir.b)) * 2 + ir.scaled;
}

template <class Layout> void put_access(Layout& i, const Ir& ir, const Operand& value) {
  i.value = slot_or_small(value);
  i.a = slot(ir.a);
  if constexpr (requires { i.b; }) i.b = slot(ir.b);
  if constexpr (requires { i.addend; }) i.addend = ir.access.addend;
  i.end = static_cast<decltype(i.end)>(ir.access.end);
}

/// Encodes a load or store. `value` is the operand that is loaded or stored, and `value_class` is its class.
void encode_access(InstructionWriter& w, const Ir& ir, const Operand& value, char value_class) {
  const HandlerRow& row = w.handlers().memory[memory_row(ir.opcode)].mode[static_cast<size_t>(ir.mode)];
  const size_t value_place = place_of(value, value_class), a = int_place(ir.a);
  switch (ir.mode) {
  case AddressMode::plain: {
    auto& i = w.begin<layout::PlainAccess>(row[value_place * place::readable + a], ir);
    return put_access(i, ir, value);
  }
  case AddressMode::indexed: {
    auto& i = w.begin<layout::IndexedAccess>(row[indexed(value_place, a, ir)], ir);
    return put_access(i, ir, value);
  }
  case AddressMode::wrapped: {
    auto& i = w.begin<layout::WrappedAccess>(row[value_place * place::writable + a], ir);
    return put_access(i, ir, value);
  }
  case AddressMode::indexed_wrapped: {
    auto& i = w.begin<layout::IndexedWrappedAccess>(row[indexed(value_place, a, ir)], ir);
    return put_access(i, ir, value);
  }
  }
}

void encode_global(InstructionWriter& w, const HandlerRow& row, const Operand& value, const Ir& ir) {
  auto& i = w.begin<layout::Global>(row[int_place(value)], ir);
  i.value = slot(value);
  i.place = ir.global.place;
}

} // namespace

void encode_value(InstructionWriter& w, const Ir& ir) {
  switch (ir.operation) {
  case Operation::unary: return encode_unary(w, ir);
  case Operation::binary: return encode_binary(w, ir);
  case Operation::ternary: return encode_ternary(w, ir);
  case Operation::extract_lane: return encode_extract_lane(w, ir);
  case Operation::replace_lane: return encode_replace_lane(w, ir);
  case Operation::shuffle: return encode_shuffle(w, ir);
  case Operation::lea: return encode_lea(w, ir);
  case Operation::move: return encode_move(w, ir);
  case Operation::float_move: return encode_float_move(w, ir);
  case Operation::move128: return encode_move128(w, ir);
  case Operation::constant128: return encode_constant128(w, ir);
  case Operation::copy_slots: return encode_copy_slots(w, ir);
  case Operation::select: return encode_select(w, ir);
  case Operation::select_slots: return encode_select_slots(w, ir);
  case Operation::load: return encode_access(w, ir, ir.d, ir.classes().d);
  case Operation::store: return encode_access(w, ir, ir.c, ir.classes().c);
  case Operation::global_get: return encode_global(w, w.handlers().global_get, ir.d, ir);
  case Operation::imported_global_get: return encode_global(w, w.handlers().imported_global_get, ir.d, ir);
  case Operation::global_set: return encode_global(w, w.handlers().global_set, ir.a, ir);
  case Operation::imported_global_set: return encode_global(w, w.handlers().imported_global_set, ir.a, ir);
  default: return;
  }
}

} // namespace skerry::vm
