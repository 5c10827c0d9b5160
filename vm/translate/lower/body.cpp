#include "vm/translate/lower/body.hpp"

#include "vm/isa/frequent.hpp"
#include "vm/translate/lower/calls.hpp"
#include "vm/translate/lower/lanes.hpp"
#include "vm/translate/lower/memory.hpp"
#include "vm/translate/lower/numeric.hpp"
#include "vm/translate/lower/references.hpp"
#include "vm/translate/lower/variables.hpp"

#include <algorithm>
#include <array>

namespace skerry::vm {

BodyLowering::BodyLowering(const Module& module, const Layout& layout, uint32_t defined_index, Arena& kept,
                           Arena& scratch)
    : cx_(module, layout, module.imported_functions + defined_index, kept, scratch), control_(cx_, scratch),
      scratch_(scratch), body_(module.bodies[defined_index]), counted_(body_.offset),
      count_at_(body_.offset) {}

void BodyLowering::fail(std::string message) {
  if (failure_.empty()) failure_ = std::move(message);
}

/// Lays out the frame: first the parameters, whose slots also take the results, then the link, the other
/// locals, and the operands. Slot numbers have 16 bits.
void BodyLowering::declare_locals(ByteReader& reader) {
  IrFunction& function = cx_.function;
  uint64_t slot = 0;
  const auto declare = [&](ValType type) {
    function.locals.push_back({static_cast<uint32_t>(slot), operand_type(type)});
    slot += type.slots();
  };
  for (const ValType type : cx_.type.params()) declare(type);
  function.param_slots = static_cast<uint32_t>(slot);
  function.link_slot = std::max(static_cast<uint32_t>(slot), cx_.type.results().slots());
  slot = function.link_slot + 2;
  const auto first_local = static_cast<uint32_t>(slot);
  for (uint32_t groups = reader.leb_u32(); groups > 0; --groups) {
    const uint32_t count = reader.leb_u32();
    const ValType type = decode_value_type(reader);
    for (uint32_t i = 0; i < count; ++i) declare(type);
  }
  function.first_temp = static_cast<uint32_t>(slot);
  scratch_.spend(function.locals.size());
  cx_.stack.begin(function.first_temp);
  if (slot > layout::most_slots) return fail("a function's locals need more than 65535 slots");
  clear_locals(first_local);
}

/// Clears the locals that are not parameters: they are in the slots from `first` on.
void BodyLowering::clear_locals(uint32_t first) {
  const uint32_t count = cx_.function.first_temp - first;
  if (count == 0) return;
  cx_.ir.emit(Operation::enter).slots = {first, count};
  cx_.fuel.owe_for_slots(count);
}

/// Returns true if an instruction of unreachable code is to be skipped. Only the else or end of the block
/// that contains the unreachable code must be lowered.
bool BodyLowering::skip_dead(const Instruction& instr) {
  switch (instr.op) {
  case Opcode::block:
  case Opcode::loop:
  case Opcode::if_:
  case Opcode::try_table: ++dead_depth_; return true;
  case Opcode::else_: return dead_depth_ > 0;
  case Opcode::end:
    if (dead_depth_ == 0) return false;
    --dead_depth_;
    return true;
  default: return true;
  }
}

/// Returns whether the instruction costs no fuel, because it only marks the structure of the code or does
/// nothing.
static constexpr bool is_free(Opcode op) {
  return op == Opcode::block || op == Opcode::loop || op == Opcode::end || op == Opcode::else_ ||
         op == Opcode::nop;
}

/// Counts one unit of work for each byte lowered since the last call. The work of growing a list is not
/// counted here, because each list counts its own.
void BodyLowering::count_work() {
  constexpr uint32_t bytes_at_a_time = 1024;
  const uint32_t offset = cx_.ir.offset();
  scratch_.spend(offset - counted_);
  counted_ = offset;
  count_at_ = offset + bytes_at_a_time;
}

inline void BodyLowering::begin_instruction(const ByteReader& reader) {
  const auto offset = static_cast<uint32_t>(reader.offset());
  cx_.ir.set_offset(offset);
  if (offset >= count_at_) [[unlikely]]
    count_work();
}

/// Adds a fuel check. The guest's call may end or be suspended at the check, so the operations before it must
/// not change afterwards.
void BodyLowering::check_fuel() {
  Ir& ir = cx_.ir.emit(Operation::look);
  ir.charge = cx_.fuel.pay();
  cx_.ir.seal();
}

Result<IrFunction> BodyLowering::run() {
  ByteReader reader(cx_.module.range(body_.offset, body_.size), body_.offset);
  cx_.ir.set_offset(body_.offset);
  count_work();
  declare_locals(reader);
  control_.enter_function();
  cx_.ir.seal();
  Instruction instr;
  while (failure_.empty()) {
    if (!cx_.is_dead) lower_frequent(reader);
    if (cx_.stack.max_slot() > layout::most_slots)
      fail("a function needs more than 65535 slots for locals and operands");
    if (control_.is_done() || !failure_.empty()) break;
    begin_instruction(reader);
    if (!decode_instruction(reader, instr)) break;
    lower_next(instr);
  }
  count_work();
  if (!failure_.empty())
    return skerry::fail(Error(ErrorKind::limit, ErrorCode::limit_exceeded, failure_)
                            .with_offset(cx_.ir.offset())
                            .with_func(cx_.function.func_index));
  cx_.function.frame_slots = cx_.stack.max_slot() + 2;
  return std::move(cx_.function);
}

/// Lowers instructions until one is not frequent, or control does not fall through. Frequent instructions are
/// not decoded into an Instruction, and lowering them never fails.
void BodyLowering::lower_frequent(ByteReader& reader) {
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
    begin_instruction(reader);
    if (cx_.fuel.is_check_due()) [[unlikely]]
      check_fuel();
    reader.u8();
    cx_.fuel.owe(is_free ? 0 : 1);
    switch (kind) {
    case Frequent::none: return;
    case Frequent::nop: break;
    case Frequent::unreachable: return control_.unreachable();
    case Frequent::return_: return control_.return_();
    case Frequent::if_: control_.enter_if(decode_block_type(reader)); break;
    case Frequent::else_: control_.enter_else(); break;
    case Frequent::select: lower_select(cx_); break;
    case Frequent::block:
    case Frequent::loop: control_.enter_block(decode_block_type(reader), kind == Frequent::loop); break;
    case Frequent::end:
      control_.end();
      if (control_.is_done()) return;
      break;
    case Frequent::br: return control_.branch(reader.leb_u32());
    case Frequent::br_if: control_.branch_if(reader.leb_u32()); break;
    case Frequent::call: lower_direct_call(cx_, reader.leb_u32(), false); break;
    case Frequent::drop: cx_.stack.pop(); break;
    case Frequent::local_get: cx_.stack.get_local(reader.leb_u32()); break;
    case Frequent::local_set: cx_.stack.set_local(reader.leb_u32(), false); break;
    case Frequent::local_tee: cx_.stack.set_local(reader.leb_u32(), true); break;
    case Frequent::global_get: lower_global_get(cx_, reader.leb_u32()); break;
    case Frequent::global_set: lower_global_set(cx_, reader.leb_u32()); break;
    case Frequent::i32_const:
      cx_.stack.push(StackEntry::of_constant(OperandType::i32, static_cast<uint32_t>(reader.leb_s32())));
      break;
    case Frequent::i64_const:
      cx_.stack.push(StackEntry::of_constant(OperandType::i64, static_cast<uint64_t>(reader.leb_s64())));
      break;
    case Frequent::load: lower_load(cx_, op, decode_memarg(reader)); break;
    case Frequent::store: lower_store(cx_, op, decode_memarg(reader)); break;
    case Frequent::unary: lower_unary(cx_, op); break;
    case Frequent::binary: lower_binary(cx_, op); break;
    }
  }
}

/// Lowers an instruction that may be in unreachable code.
void BodyLowering::lower_next(const Instruction& instr) {
  if (cx_.is_dead) {
    if (!skip_dead(instr)) lower(instr);
    return;
  }
  if (cx_.fuel.is_check_due()) check_fuel();
  cx_.fuel.owe(is_free(instr.op) ? 0 : 1);
  lower(instr);
}

/// Lowers the instructions that lower_frequent() does not handle.
void BodyLowering::lower(const Instruction& instr) {
  switch (instr.op) {
  case Opcode::else_: return control_.enter_else();
  case Opcode::end: return control_.end();
  case Opcode::br_table: return control_.branch_table(instr.br_table);
  case Opcode::br_on_null: return control_.branch_on_null(instr.index[0], true);
  case Opcode::br_on_non_null: return control_.branch_on_null(instr.index[0], false);
  case Opcode::call_indirect: return lower_indirect_call(cx_, instr, false);
  case Opcode::call_ref: return lower_ref_call(cx_, instr, false);
  case Opcode::return_call: lower_direct_call(cx_, instr.index[0], true); return control_.return_();
  case Opcode::return_call_indirect: lower_indirect_call(cx_, instr, true); return control_.return_();
  case Opcode::return_call_ref: lower_ref_call(cx_, instr, true); return control_.return_();
  case Opcode::select_t: return lower_select(cx_);
  default: return lower_by_class(instr);
  }
}

void BodyLowering::lower_by_class(const Instruction& instr) {
  if (info(instr.op).feature == Feature::relaxed_simd)
    return refuse_unimplemented(instr.op); // no handlers yet
  switch (info(instr.op).op_class) {
  case OpClass::numeric:
  case OpClass::trapping: return lower_numeric(cx_, instr.op);
  case OpClass::load: return lower_load(cx_, instr.op, instr.memarg);
  case OpClass::store: return lower_store(cx_, instr.op, instr.memarg);
  case OpClass::constant: return lower_constant(cx_, instr);
  case OpClass::simd_lane: return lower_lane(cx_, instr);
  default: break;
  }
  if (!lower_reference_or_bulk(cx_, instr)) refuse_unimplemented(instr.op);
}

void BodyLowering::refuse_unimplemented(Opcode op) {
  fail(std::string(info(op).text) + " is not implemented by this version");
}

} // namespace skerry::vm
