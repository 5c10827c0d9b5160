#include "vm/translate/lowering.hpp"

#include "vm/isa/frequent.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace skerry::vm {

Lowering::Lowering(const Module& module, const Layout& layout, uint32_t defined_index, Arena& kept,
                   Arena& scratch)
    : module_(module), layout_(layout), type_(module.func_type(module.imported_functions + defined_index)),
      arena_(scratch), function_(kept), ir_(function_.code), stack_(&scratch), controls_(scratch),
      labels_(scratch), references_(scratch), stubs_(&scratch), slots_of_many_(&scratch), locals_(&scratch),
      defined_index_(defined_index) {
  function_.func_index = module.imported_functions + defined_index;
  stack_.reserve(16); // enough for many functions
}

void Lowering::fail(std::string message) {
  if (failure_.empty()) failure_ = std::move(message);
}

/// Lays out the frame: parameters (or results), link, other locals, operands. Returns false if slot numbers
/// do not fit in 16 bits.
bool Lowering::declare_locals(ByteReader& reader) {
  uint64_t slot = 0;
  const auto declare = [&](ValType type) {
    function_.locals.push_back({static_cast<uint32_t>(slot), type, letter_of(type)});
    slot += type.slots();
  };
  for (const ValType type : type_.params()) declare(type);
  function_.param_slots = static_cast<uint32_t>(slot);
  function_.link_slot = std::max(static_cast<uint32_t>(slot), type_.results().slots());
  slot = function_.link_slot + 2;
  const uint32_t first_local = static_cast<uint32_t>(slot);
  for (uint32_t groups = reader.leb_u32(); groups > 0; --groups) {
    const uint32_t count = reader.leb_u32();
    const ValType type = decode_value_type(reader);
    for (uint32_t i = 0; i < count; ++i) declare(type);
  }
  function_.first_temp = static_cast<uint32_t>(slot);
  max_slot_ = function_.first_temp;
  next_slot_ = max_slot_;
  no_local_ = static_cast<uint32_t>(function_.locals.size());
  arena_.spend(no_local_);
  locals_.resize(no_local_ + 1);
  for (size_t i = 0; i < function_.locals.size(); ++i) locals_[i].slot = function_.locals[i].slot;
  if (slot > layout::most_slots) return fail("a function's locals need more than 65535 slots"), false;
  if (slot == first_local) return true;
  Ir& enter = emit(Operation::enter);
  enter.slots = {first_local, static_cast<uint32_t>(slot) - first_local};
  owe_for_slots(enter.slots.count);
  return true;
}

/// In unreachable code only the end of the block matters. Returns true if the instruction is to be skipped.
bool Lowering::skip_dead(const Instruction& instr) {
  switch (instr.op) {
  case Opcode::block:
  case Opcode::loop:
  case Opcode::if_:
  case Opcode::try_table: ++dead_depth_; return true;
  case Opcode::else_: return dead_depth_ > 0;
  case Opcode::end: return dead_depth_ > 0 ? (--dead_depth_, true) : false;
  default: return true;
  }
}

/// Structural markers cost no fuel.
static constexpr bool is_free(Opcode op) {
  return op == Opcode::block || op == Opcode::loop || op == Opcode::end || op == Opcode::else_ ||
         op == Opcode::nop;
}

/// Counts the bytes of the body as work. The lists count only their own growth.
void Lowering::count_work() {
  constexpr uint32_t bytes_at_a_time = 1024;
  arena_.spend(offset_ - counted_);
  counted_ = offset_;
  count_at_ = offset_ + bytes_at_a_time;
}

Result<IrFunction> Lowering::run() {
  const FuncBody body = module_.bodies[defined_index_];
  ByteReader reader(module_.range(body.offset, body.size), body.offset);
  offset_ = counted_ = body.offset;
  count_work();
  if (declare_locals(reader))
    controls_.push_back({.kind = Control::Kind::function,
                         .type = {},
                         .label = new_label(),
                         .else_label = no_label,
                         .height = 0,
                         .slot = function_.first_temp});
  barrier_ = ir_.size();
  Instruction instr;
  while (failure_.empty()) {
    if (!dead_) lower_frequent(reader);
    if (max_slot_ > layout::most_slots)
      fail("a function needs more than 65535 slots for locals and operands");
    if (controls_.empty() || !failure_.empty()) break;
    offset_ = static_cast<uint32_t>(reader.offset());
    if (offset_ >= count_at_) [[unlikely]]
      count_work();
    if (!decode_instruction(reader, instr)) break;
    if (dead_ && skip_dead(instr)) continue;
    if (!dead_ && pending_ >= stretch_end_) look();
    if (!dead_ && !is_free(instr.op)) ++pending_;
    lower(instr);
  }
  count_work();
  if (!failure_.empty())
    return skerry::fail(Error(ErrorKind::limit, ErrorCode::limit_exceeded, failure_)
                            .with_offset(offset_)
                            .with_func(function_.func_index));
  function_.frame_slots = max_slot_ + 2;
  return std::move(function_);
}

/// Lowers up to the next instruction that is not frequent, or to where control does not fall through. Does
/// not decode into an Instruction. Frequent instructions never fail.
void Lowering::lower_frequent(ByteReader& reader) {
  struct About {
    Frequent kind;
    bool is_free;
    Opcode op;
  };
  static constexpr auto about = [] {
    std::array<About, frequent_opcodes.size()> by_byte{};
    for (size_t i = 0; i < by_byte.size(); ++i) {
      const auto [kind, op] = frequent_opcodes[i];
      by_byte[i] = {kind, is_free(op), op};
    }
    return by_byte;
  }();
  while (true) {
    const auto [kind, is_free, op] = about[reader.peek()];
    if (kind == Frequent::none) return;
    offset_ = static_cast<uint32_t>(reader.offset());
    if (pending_ >= stretch_end_) [[unlikely]]
      look();
    if (offset_ >= count_at_) [[unlikely]]
      count_work();
    reader.u8();
    pending_ += is_free ? 0 : 1;
    switch (kind) {
    case Frequent::none: return;
    case Frequent::nop: break;
    case Frequent::unreachable: return unreachable();
    case Frequent::return_: return return_();
    case Frequent::if_: enter_if(decode_block_type(reader)); break;
    case Frequent::else_: enter_else(); break;
    case Frequent::select: select(); break;
    case Frequent::block:
    case Frequent::loop: enter_block(decode_block_type(reader), kind == Frequent::loop); break;
    case Frequent::end:
      end();
      if (controls_.empty()) return;
      break;
    case Frequent::br: return branch(reader.leb_u32());
    case Frequent::br_if: branch_if(reader.leb_u32()); break;
    case Frequent::call: direct_call(reader.leb_u32(), false); break;
    case Frequent::drop: pop(); break;
    case Frequent::local_get: get_local(reader.leb_u32()); break;
    case Frequent::local_set: set_local(reader.leb_u32(), false); break;
    case Frequent::local_tee: set_local(reader.leb_u32(), true); break;
    case Frequent::global_get: global_get(reader.leb_u32()); break;
    case Frequent::global_set: global_set(reader.leb_u32()); break;
    case Frequent::i32_const: push(Entry::of_constant('i', static_cast<uint32_t>(reader.leb_s32()))); break;
    case Frequent::i64_const: push(Entry::of_constant('I', static_cast<uint64_t>(reader.leb_s64()))); break;
    case Frequent::load: load(op, decode_memarg(reader)); break;
    case Frequent::store: store(op, decode_memarg(reader)); break;
    case Frequent::unary: unary(op, info(op).signature); break;
    case Frequent::binary: binary(op, info(op).signature); break;
    }
  }
}

void Lowering::constant(const Instruction& instr) {
  if (instr.op != Opcode::v128_const)
    return push(Entry::of_constant(info(instr.op).signature[1], instr.value));
  Ir& ir = emit(Operation::constant128);
  ir.bytes = instr.bytes;
  ir.d = Operand::slot(next_slot_);
  push_temp('v', last());
}

void Lowering::select() {
  Entry c = pop(), b = pop(), a = pop();
  const bool is_vector = class_of(a.letter) == 'v';
  const auto small = [](Entry e) {
    return e.where != Entry::Where::constant ||
           layout::SlotOrConstant16::can_hold(static_cast<int64_t>(e.value));
  };
  if (is_vector || !small(a)) a = materialize(a);
  if (is_vector || !small(b)) b = materialize(b);
  c = materialize(c);
  Ir& ir = emit(is_vector ? Operation::vselect : Operation::select);
  ir.pair = a.letter == 'v';
  ir.a = operand(a);
  ir.b = operand(b);
  ir.c = operand(c);
  ir.d = Operand::slot(a.slot);
  push_temp(a.letter, last());
}

void Lowering::global_get(uint32_t index) {
  const char letter = letter_of(module_.globals[index].type.value);
  if (letter == 'v') return stack_op(Opcode::global_get, 0, "v", index);
  const bool imported = index < module_.imported_globals;
  Ir& ir = emit(imported ? Operation::imported_global_get : Operation::global_get);
  ir.global.place = imported ? index : layout_.global_value(index - module_.imported_globals);
  ir.d = Operand::slot(next_slot_);
  push_temp(letter, last());
}

void Lowering::global_set(uint32_t index) {
  if (letter_of(module_.globals[index].type.value) == 'v') return stack_op(Opcode::global_set, 1, "", index);
  const bool imported = index < module_.imported_globals;
  const Entry value = materialize(pop());
  Ir& ir = emit(imported ? Operation::imported_global_set : Operation::global_set);
  ir.global.place = imported ? index : layout_.global_value(index - module_.imported_globals);
  ir.a = operand(value);
}

/// Lowers the instructions that lower_frequent() does not handle.
void Lowering::lower(const Instruction& instr) {
  switch (instr.op) {
  case Opcode::else_: return enter_else();
  case Opcode::end: return end();
  case Opcode::br_table: return branch_table(instr.br_table);
  case Opcode::call_indirect: return indirect_call(instr, false);
  case Opcode::call_ref: return ref_call(instr, false);
  case Opcode::return_call: return direct_call(instr.index[0], true);
  case Opcode::return_call_indirect: return indirect_call(instr, true);
  case Opcode::return_call_ref: return ref_call(instr, true);
  case Opcode::select_t: return select();
  default: return lower_by_class(instr);
  }
}

void Lowering::lower_by_class(const Instruction& instr) {
  switch (info(instr.op).op_class) {
  case OpClass::numeric:
  case OpClass::trapping: return numeric(instr.op);
  case OpClass::load: return load(instr.op, instr.memarg);
  case OpClass::store: return store(instr.op, instr.memarg);
  case OpClass::constant: return constant(instr);
  case OpClass::simd_lane: return simd_lane(instr);
  default: return references_and_bulk(instr);
  }
}

/// Lowers instructions on references and tables, and the bulk memory instructions.
void Lowering::references_and_bulk(const Instruction& instr) {
  const uint32_t first = instr.index[0], second = instr.index[1];
  const auto table_address = [&](uint32_t table) {
    return module_.tables[table].type.limits.is_64 ? "I" : "i";
  };
  switch (instr.op) {
  case Opcode::ref_null: return push(Entry::of_constant('I', 0));
  case Opcode::ref_is_null: return unary(Opcode::i64_eqz, "I>i");
  case Opcode::ref_func: return stack_op(instr.op, 0, "I", first);
  case Opcode::ref_as_non_null: return stack_op(instr.op, 1, "I", 0);
  case Opcode::br_on_null: return branch_on_null(first, true);
  case Opcode::br_on_non_null: return branch_on_null(first, false);
  case Opcode::ref_eq: return binary(Opcode::i64_eq, "II>i");
  case Opcode::table_get: return stack_op(instr.op, 1, "I", first);
  case Opcode::table_set: return stack_op(instr.op, 2, "", first);
  case Opcode::table_size: return stack_op(instr.op, 0, table_address(first), first);
  case Opcode::table_grow: return stack_op(instr.op, 2, table_address(first), first);
  case Opcode::table_fill: return stack_op(instr.op, 3, "", first);
  case Opcode::table_copy:
  case Opcode::table_init: return stack_op(instr.op, 3, "", first, second);
  case Opcode::elem_drop: return stack_op(instr.op, 0, "", first);
  case Opcode::memory_size:
    return stack_op(instr.op, 0, module_.memories[first].limits.is_64 ? "I" : "i", first);
  case Opcode::memory_grow:
    return stack_op(instr.op, 1, module_.memories[first].limits.is_64 ? "I" : "i", first);
  case Opcode::memory_fill: return stack_op(instr.op, 3, "", first);
  case Opcode::memory_copy:
  case Opcode::memory_init: return stack_op(instr.op, 3, "", first, second);
  case Opcode::data_drop: return stack_op(instr.op, 0, "", first);
  default: fail(std::string(info(instr.op).text) + " is not implemented by this version");
  }
}

} // namespace skerry::vm
