#include "vm/translate/emitter.hpp"

#include "vm/base/choose.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace skerry::vm {

namespace {

/// Kind of an operand, as an index into handler tables. Absent operands count as constants. Without branches:
/// nothing predicts them.
size_t kind_of(const Operand& o, Operand::Where in_register, int constant) {
  const size_t other = choose<size_t>(o.where == in_register, kind::first_register + o.index, constant);
  return choose<size_t>(o.is_slot(), kind::slot, other);
}
size_t int_kind(const Operand& o) { return kind_of(o, Operand::Where::int_register, kind::imm); }
size_t vector_kind(const Operand& o) { return kind_of(o, Operand::Where::vector_register, kind::vimm); }

class Emitter {
public:
  Emitter(IrFunction& function, const std::pmr::vector<Pin>& pins, const HandlerTable& handlers,
          PiecedCode& code, Locator* locator)
      : function_(function), pins_(pins), handlers_(handlers), locator_(locator), code_(code),
        pin_of_(pins.empty() ? 0 : function.first_temp, nullptr, function.arena),
        copies_left_(function.code.size() + 64), is_bare_(pins.empty() && locator == nullptr) {
    code.expect_labels(function.label_positions.size());
    for (const Pin& pin : pins_) pin_of_[pin.slot] = &pin;
  }

  void run() {
    for (uint32_t i = 0; i < function_.code.chunk_count(); ++i) {
      const std::span<Ir> chunk = function_.code.chunk(i);
      function_.arena->spend(chunk.size());
      for (Ir& ir : chunk)
        if (ir.operation != Operation::branch || !copy_target(ir)) one(ir);
    }
  }

private:
  // ---- what a jump leads to, in the jump's place

  // Enough for the dispatch of an interpreter's loop, which profits most: each opcode's code then ends with
  // its own jump to the next.
  static constexpr uint32_t most_copied = 8, most_jumps = 4;
  // Labels stand between them: of blocks that end together there may be very many.
  static constexpr uint32_t most_seen = 256;
  // Instructions that may run between a jump to a loop and the look at the fuel that the last jump has
  // instead.
  static constexpr int32_t most_before_look = 64;

  /// A jump to a few operations that end in another jump: a copy of them stands here instead. What the jumps
  /// charge adds up, and until the last one it is owed.
  bool copy_target(const Ir& jump) {
    std::array<const Ir*, most_copied> copied;
    std::array<int32_t, most_copied> owed;
    uint32_t count = 0, seen = 0;
    Ir last = jump;
    int32_t before_look = 0;
    for (uint32_t jumps = 0; last.operation == Operation::branch && jumps < most_jumps; ++jumps) {
      uint32_t found = count, at = function_.label_positions[last.label];
      for (; is_copyable(function_.code[at]) && found < most_copied && seen < most_seen; ++at, ++seen) {
        const Ir& ir = function_.code[at];
        if (ir.operation == Operation::label || ir.operation == Operation::nop) continue;
        owed[found] = last.charge, copied[found++] = &ir;
      }
      const Ir& end = function_.code[at];
      if (!is_end(end) || &end == &jump || found > copies_left_) break;
      if (last.back)
        before_look += end.pending - function_.code[function_.label_positions[last.label]].pending;
      if (before_look > most_before_look) break;
      count = found;
      const Ir before = last;
      last = end;
      last.charge += before.charge;
      last.pending += before.charge;
      last.back |= before.back;
    }
    if (last.operation == Operation::branch && last.label == jump.label) return false;
    copies_left_ -= count;
    for (uint32_t i = 0; i < count; ++i) {
      Ir ir = *copied[i];
      ir.pending += owed[i];
      one(ir);
    }
    one(last);
    return true;
  }
  static bool is_copyable(const Ir& ir) { return ir.operation < Operation::branch; }
  static bool is_end(const Ir& ir) {
    switch (ir.operation) {
    case Operation::branch:
    case Operation::branch_table:
    case Operation::return_:
    case Operation::return_v:
    case Operation::return_none: return true;
    default: return false;
    }
  }

  // ---- one operation with what pins need around it

  void one(Ir& ir) {
    depth_ = ir.depth;
    if (!is_bare_) return one_with_pins(ir);
    emit(ir);
  }
  /// Operands that are pinned become registers in place; what is copied later is as well off with them.
  void one_with_pins(Ir& ir) {
    if (ir.operation == Operation::nop) return;
    // Before the first label too: a loop may begin with the function.
    if (ir.operation != Operation::enter && !pins_filled_) fill_pins_at_entry();
    if (ir.operation == Operation::label) return emit(ir);
    note(ir);
    if (pins_.empty()) return emit(ir);
    const OperandClasses classes = ir.classes();
    const Pin* written = nullptr;
    replace_read(ir.a, classes.a);
    replace_read(ir.b, classes.b);
    replace_read(ir.c, classes.c);
    if (const Pin* pin = pin_of(ir.d)) {
      if (fits(*pin, classes.d))
        ir.d = pin->reg;
      else
        written = pin;
    }
    if (ir.is_call())
      for (const Pin& pin : pins_) spill(pin);
    note(ir);
    emit(ir);
    if (ir.is_call())
      for (const Pin& pin : pins_) fill(pin);
    if (written != nullptr) fill(*written);
  }

  const Pin* pin_of(const Operand& o) const {
    return o.is_slot() && o.index < function_.first_temp ? pin_of_[o.index] : nullptr;
  }
  static bool fits(const Pin& pin, char cls) {
    return cls == (pin.reg.where == Operand::Where::vector_register ? 'v' : 'i');
  }
  void replace_read(Operand& o, char cls) {
    const Pin* pin = pin_of(o);
    if (pin == nullptr) return;
    if (fits(*pin, cls))
      o = pin->reg;
    else
      spill(*pin); // the operation reads the slot
  }
  void spill(const Pin& pin) { move_pin(pin, Operand::slot(pin.slot), pin.reg); }
  void fill(const Pin& pin) { move_pin(pin, pin.reg, Operand::slot(pin.slot)); }
  void move_pin(const Pin& pin, const Operand& d, const Operand& a) {
    Ir ir;
    ir.operation = fits(pin, 'v') ? Operation::vmove : Operation::move;
    ir.wide = pin.type == f64;
    ir.d = d;
    ir.a = a;
    emit(ir);
  }
  void fill_pins_at_entry() {
    pins_filled_ = true;
    for (const Pin& pin : pins_) {
      if (pin.slot < function_.param_slots) {
        fill(pin);
      } else {
        move_pin(pin, pin.reg, Operand::constant());
      }
    }
  }
  void note(const Ir& ir) {
    if (locator_ != nullptr) locator_->note(offset(), {ir.offset, ir.pending});
  }

  // ---- encoding

  uint32_t offset() const { return code_.size(); }
  /// Inlined: what most instructions do.
  [[gnu::always_inline]] void begin(NumberedHandler handler, uint32_t size) {
    if (handlers_.count != nullptr) [[unlikely]]
      count_next();
    at_ = offset();
    instruction_ = code_.begin(size, handler.number);
    std::memcpy(instruction_, &handler.handler, sizeof handler.handler);
  }
  /// For profiles.
  [[gnu::cold, gnu::noinline]] void count_next() {
    const uint64_t words[3] = {reinterpret_cast<uint64_t>(handlers_.count), 0, depth_};
    std::memcpy(code_.add(sizeof words), words, sizeof words);
  }
  template <class T> void put(uint32_t where, T value) {
    std::memcpy(instruction_ + where, &value, sizeof value);
  }
  void put16(uint32_t where, uint64_t value) { put(where, static_cast<uint16_t>(value)); }
  void put32(uint32_t where, uint64_t value) { put(where, static_cast<uint32_t>(value)); }
  /// What is no slot is 0.
  void put_slot(uint32_t where, const Operand& o) { put16(where, choose<uint32_t>(o.is_slot(), o.index, 0)); }
  /// Operand b of integers: a slot or a 32-bit immediate in its place.
  void put_int_b(const Ir& ir) { put32(12, choose<uint64_t>(ir.b.is_slot(), ir.b.index, ir.constant())); }
  void put_float_b(const Ir& ir, bool wide) {
    if (!ir.b.is_constant()) return put_slot(12, ir.b);
    put_float_constant(ir, wide);
  }
  void put_float_constant(const Ir& ir, bool wide) {
    if (wide)
      put(16, ir.constant());
    else
      put32(12, ir.constant());
  }
  void put_target(uint32_t where, uint32_t label) { code_.refer(at_ + where, at_, label); }

  void emit(const Ir& ir) {
    switch (ir.operation) {
    case Operation::nop: return;
    case Operation::label: return bind(ir.label);
    case Operation::unary: return unary(ir);
    case Operation::binary: return binary(ir);
    case Operation::ternary: return ternary(ir);
    case Operation::extract_lane: return extract_lane(ir);
    case Operation::replace_lane: return replace_lane(ir);
    case Operation::shuffle: return shuffle(ir);
    case Operation::lea: return lea(ir);
    case Operation::move: return move(ir);
    case Operation::vmove: return vmove(ir);
    case Operation::move128: return move128(ir);
    case Operation::constant128: return constant128(ir);
    case Operation::copy_slots: return copy_slots(ir);
    case Operation::select: return select(ir);
    case Operation::vselect: return vselect(ir);
    case Operation::load:
    case Operation::store: return memory(ir);
    case Operation::global_get: return global(handlers_.global_get[int_kind(ir.d)], ir.d, 8, ir);
    case Operation::imported_global_get:
      return global(handlers_.imported_global_get[int_kind(ir.d)], ir.d, 8, ir);
    case Operation::global_set: return global(handlers_.global_set[int_kind(ir.a)], ir.a, 10, ir);
    case Operation::imported_global_set:
      return global(handlers_.imported_global_set[int_kind(ir.a)], ir.a, 10, ir);
    case Operation::branch: return branch(ir);
    case Operation::branch_if: return branch_if(ir);
    case Operation::branch_if_float: return branch_if_float(ir);
    case Operation::count_branch: return count_branch(ir);
    case Operation::branch_table: return branch_table(ir);
    case Operation::return_:
    case Operation::return_v:
    case Operation::return_none: return return_(ir);
    case Operation::enter: return enter(ir);
    case Operation::stack_op: return stack_op(ir);
    case Operation::look: return look(ir);
    case Operation::unreachable: return begin(handlers_.unreachable, 16);
    default: return call(ir);
    }
  }

  void bind(uint32_t label) { code_.bind(label); }

  size_t kind_of(const Operand& o, char cls) const { return cls == 'v' ? vector_kind(o) : int_kind(o); }
  static size_t writable(char cls) { return cls == 's' ? 1 : cls == 'v' ? kind::vwritable : kind::writable; }
  static size_t readable(char cls) { return cls == 's' ? 1 : cls == 'v' ? kind::vreadable : kind::readable; }

  void unary(const Ir& ir) {
    const OperandClasses c = ir.classes();
    const size_t index = kind_of(ir.d, c.d) * writable(c.a) + kind_of(ir.a, c.a);
    begin(handlers_.numeric[static_cast<size_t>(ir.row)][index], 16);
    put_slot(8, ir.d);
    put_slot(10, ir.a);
  }
  void binary(const Ir& ir) {
    const OperandClasses c = ir.classes();
    if (c.d == 'i' && c.a == 'i' && c.b == 'i') return int_binary(ir);
    const std::string_view signature = info(ir.row).signature;
    const size_t b_kinds = signature[1] == 'v' ? writable(c.b) : readable(c.b);
    const size_t index =
        (kind_of(ir.d, c.d) * writable(c.a) + kind_of(ir.a, c.a)) * b_kinds + kind_of(ir.b, c.b);
    const bool wide_float = signature[1] == 'F' && ir.b.is_constant();
    begin(handlers_.numeric[static_cast<size_t>(ir.row)][index], wide_float ? 24 : 16);
    put_slot(8, ir.d);
    put_slot(10, ir.a);
    if (c.b == 'i')
      put_int_b(ir);
    else
      put_float_b(ir, signature[1] == 'F');
  }
  /// The same for most of them.
  void int_binary(const Ir& ir) {
    const size_t index = (int_kind(ir.d) * kind::writable + int_kind(ir.a)) * kind::readable + int_kind(ir.b);
    begin(handlers_.numeric[static_cast<size_t>(ir.row)][index], 16);
    put_slot(8, ir.d);
    put_slot(10, ir.a);
    put_int_b(ir);
  }
  void ternary(const Ir& ir) {
    begin(handlers_.numeric[static_cast<size_t>(ir.row)][0], 16);
    put_slot(8, ir.d);
    put_slot(10, ir.a);
    put_slot(12, ir.b);
    put_slot(14, ir.c);
  }
  void extract_lane(const Ir& ir) {
    begin(handlers_.numeric[static_cast<size_t>(ir.row)][kind_of(ir.d, ir.classes().d)], 16);
    put_slot(8, ir.d);
    put_slot(10, ir.a);
    put16(12, static_cast<uint64_t>(ir.imm));
  }
  void replace_lane(const Ir& ir) {
    begin(handlers_.numeric[static_cast<size_t>(ir.row)][kind_of(ir.b, ir.classes().b)], 16);
    put_slot(8, ir.d);
    put_slot(10, ir.a);
    put_slot(12, ir.b);
    put16(14, static_cast<uint64_t>(ir.imm));
  }
  /// Two vectors of indices, into a and into b; 0x80 gives 0.
  void shuffle(const Ir& ir) {
    const size_t index =
        (vector_kind(ir.d) * kind::vwritable + vector_kind(ir.a)) * kind::vwritable + vector_kind(ir.b);
    begin(handlers_.shuffle[index], 48);
    put_slot(8, ir.d);
    put_slot(10, ir.a);
    put_slot(12, ir.b);
    uint8_t lanes[16];
    ir.get_bytes(lanes);
    for (uint32_t i = 0; i < 16; ++i) {
      put(16 + i, static_cast<uint8_t>(lanes[i] < 16 ? lanes[i] : 0x80));
      put(32 + i, static_cast<uint8_t>(lanes[i] < 16 ? 0x80 : lanes[i] - 16));
    }
  }
  void lea(const Ir& ir) {
    const size_t index = (int_kind(ir.d) * kind::writable + int_kind(ir.a)) * kind::writable + int_kind(ir.b);
    begin(handlers_.lea[static_cast<size_t>(ir.imm - 1)][index], 16);
    put_slot(8, ir.d);
    put_slot(10, ir.a);
    put_slot(12, ir.b);
  }

  void move(const Ir& ir) {
    if (ir.a.is_constant() && ir.imm2 != static_cast<int32_t>(ir.imm2)) {
      begin(handlers_.move_imm64[int_kind(ir.d)], 24);
      put(16, ir.imm2);
    } else {
      begin(handlers_.move[int_kind(ir.d) * kind::readable + int_kind(ir.a)], 16);
      if (ir.a.is_constant()) put32(12, ir.constant());
    }
    put_slot(8, ir.d);
    put_slot(10, ir.a);
  }
  void vmove(const Ir& ir) {
    const size_t index = vector_kind(ir.d) * kind::vreadable + vector_kind(ir.a);
    begin(handlers_.vmove[ir.wide][index], ir.wide && ir.a.is_constant() ? 24 : 16);
    put_slot(8, ir.d);
    if (ir.a.is_constant())
      put_float_constant(ir, ir.wide);
    else
      put_slot(10, ir.a);
  }
  void move128(const Ir& ir) {
    begin(handlers_.move128[vector_kind(ir.d) * kind::vwritable + vector_kind(ir.a)], 16);
    put_slot(8, ir.d);
    put_slot(10, ir.a);
  }
  void constant128(const Ir& ir) {
    begin(handlers_.constant128[vector_kind(ir.d)], 32);
    put_slot(8, ir.d);
    ir.get_bytes(instruction_ + 16);
  }
  void copy_slots(const Ir& ir) {
    begin(handlers_.copy_slots, 16);
    put16(8, static_cast<uint64_t>(ir.imm));
    put16(10, static_cast<uint64_t>(ir.imm2));
    put32(12, ir.count);
  }
  void put_imm16(uint32_t where, const Operand& o) { put16(where, o.index); }
  void select(const Ir& ir) {
    const size_t index =
        ((int_kind(ir.d) * kind::readable + int_kind(ir.a)) * kind::readable + int_kind(ir.b)) *
            kind::writable +
        int_kind(ir.c);
    begin(handlers_.select[index], 16);
    put_slot(8, ir.d);
    put_imm16(10, ir.a);
    put_imm16(12, ir.b);
    put_slot(14, ir.c);
  }
  void vselect(const Ir& ir) {
    begin(handlers_.vselect[ir.wide][int_kind(ir.c)], 16);
    put_slot(8, ir.d);
    put_slot(10, ir.a);
    put_slot(12, ir.b);
    put_slot(14, ir.c);
  }

  void memory(const Ir& ir) {
    const bool is_store = ir.operation == Operation::store;
    const Operand& value = is_store ? ir.c : ir.d;
    const OperandClasses c = ir.classes();
    const MemoryHandlers& row = handlers_.memory[memory_row(ir.row)];
    const bool has_index = ir.mode == AddressMode::indexed || ir.mode == AddressMode::indexed_wrapped;
    size_t index = kind_of(value, is_store ? c.c : c.d);
    index = index * (ir.mode == AddressMode::wrapped ? kind::writable : kind::readable) + int_kind(ir.a);
    if (has_index) index = (index * kind::writable + int_kind(ir.b)) * 2 + ir.scaled;
    const bool is_wrapped = ir.mode == AddressMode::wrapped || ir.mode == AddressMode::indexed_wrapped;
    begin(row.mode[static_cast<size_t>(ir.mode)][index], is_wrapped ? 24 : 16);
    put_imm16(8, value);
    put_slot(10, ir.a);
    if (has_index) put_slot(12, ir.b);
    const auto end = static_cast<uint32_t>(ir.imm);
    const uint64_t imm = ir.constant();
    switch (ir.mode) {
    case AddressMode::plain: return put32(12, end);
    case AddressMode::indexed: return put16(14, end);
    case AddressMode::wrapped: return put32(12, imm), put32(16, end);
    case AddressMode::indexed_wrapped: return put32(16, imm), put32(20, end);
    }
  }

  void global(NumberedHandler handler, const Operand& o, uint32_t where, const Ir& ir) {
    begin(handler, 16);
    put_slot(where, o);
    put32(12, static_cast<uint64_t>(ir.imm));
  }

  void branch(const Ir& ir) {
    begin(ir.back ? handlers_.branch_back : handlers_.branch, 16);
    put_target(8, ir.label);
    put(12, ir.charge);
  }
  void branch_if(const Ir& ir) {
    const size_t index = (int_kind(ir.a) * kind::readable + int_kind(ir.b)) * 2 + ir.back;
    begin(handlers_.branch_if[ir.wide][static_cast<size_t>(ir.compare)][index], 24);
    put_slot(8, ir.a);
    put_int_b(ir);
    put_target(16, ir.label);
    put(20, ir.charge);
  }
  void branch_if_float(const Ir& ir) {
    const Opcode first = ir.wide ? Opcode::f64_eq : Opcode::f32_eq;
    const size_t compare = static_cast<size_t>(ir.row) - static_cast<size_t>(first);
    const size_t index =
        ((ir.negate * kind::vwritable + vector_kind(ir.a)) * kind::vreadable + vector_kind(ir.b)) * 2 +
        ir.back;
    begin(handlers_.branch_if_float[ir.wide][compare][index], 32);
    put_slot(8, ir.a);
    put_float_b(ir, ir.wide);
    put_target(24, ir.label);
    put(28, ir.charge);
  }
  void count_branch(const Ir& ir) {
    const size_t index = int_kind(ir.a) * kind::readable + int_kind(ir.b);
    begin(handlers_.count_branch[ir.wide][static_cast<size_t>(ir.compare)][index], 24);
    put_slot(8, ir.a);
    put16(10, static_cast<uint64_t>(ir.imm));
    put_int_b(ir);
    put_target(16, ir.label);
    put(20, ir.charge);
  }
  /// The table stands behind the first instruction that needs it.
  void branch_table(const Ir& ir) {
    BranchTable& table = function_.branch_tables[ir.label];
    const std::span<const BranchTarget> targets = table.targets;
    begin(handlers_.branch_table[int_kind(ir.a)], 24);
    const bool is_first = table.code_offset == no_label;
    if (is_first) table.code_offset = offset();
    put_slot(8, ir.a);
    put32(12, targets.size() - 1);
    put(16, static_cast<int32_t>(table.code_offset - at_));
    put(20, ir.charge);
    if (!is_first) return;
    std::byte* entries = code_.add(8 * targets.size());
    for (uint32_t i = 0; i < targets.size(); ++i) {
      code_.refer(table.code_offset + 8 * i, table.code_offset, targets[i].label);
      std::memcpy(entries + 8 * i + 4, &targets[i].charge, sizeof targets[i].charge);
    }
  }

  void return_(const Ir& ir) {
    if (ir.operation == Operation::return_none) {
      begin(handlers_.return_none, 16);
    } else {
      const bool is_vector = ir.operation == Operation::return_v;
      const HandlerRow& row = is_vector ? handlers_.return_v[ir.wide] : handlers_.return_;
      begin(row[is_vector ? vector_kind(ir.a) : int_kind(ir.a)], 24);
      put_slot(8, ir.a);
      if (ir.a.is_constant()) put(16, ir.imm2);
    }
    put16(10, static_cast<uint64_t>(ir.imm));
    put(12, ir.charge);
  }
  void enter(const Ir& ir) {
    begin(handlers_.enter[std::min(ir.count, enter_unrolled + 1) - 1], 16);
    put16(8, static_cast<uint64_t>(ir.imm));
    put32(12, ir.count);
  }
  void stack_op(const Ir& ir) {
    begin({handlers_.stack_op[static_cast<size_t>(ir.row)]}, 24);
    put16(8, static_cast<uint64_t>(ir.imm));
    put16(10, static_cast<uint64_t>(ir.charge));
    put32(12, ir.count);
    put(16, ir.imm2);
  }

  void look(const Ir& ir) {
    begin(handlers_.look, 16);
    put(12, ir.charge);
  }

  NumberedHandler call_handler(const Ir& ir) const {
    switch (ir.operation) {
    case Operation::call: return handlers_.call;
    case Operation::call_import: return handlers_.call_import;
    case Operation::call_indirect: return handlers_.call_indirect[int_kind(ir.a)];
    case Operation::call_ref: return handlers_.call_ref[int_kind(ir.a)];
    case Operation::return_call: return handlers_.return_call;
    case Operation::return_call_import: return handlers_.return_call_import;
    case Operation::return_call_indirect: return handlers_.return_call_indirect[int_kind(ir.a)];
    default: return handlers_.return_call_ref[int_kind(ir.a)];
    }
  }
  /// 24 bytes for direct calls, 32 for all others.
  void call(const Ir& ir) {
    const bool is_direct = ir.operation == Operation::call || ir.operation == Operation::call_import;
    const bool is_indirect =
        ir.operation == Operation::call_indirect || ir.operation == Operation::return_call_indirect;
    begin(call_handler(ir), is_direct ? 24 : 32);
    if (is_indirect) {
      put32(12, static_cast<uint64_t>(ir.imm));
      put32(24, ir.label);
    } else {
      put32(8, static_cast<uint64_t>(ir.imm));
    }
    if (ir.a.is_slot()) put_slot(8, ir.a);
    put32(16, static_cast<uint64_t>(ir.imm2) * sizeof(uint64_t));
    put(20, ir.charge);
    if (!is_direct) put16(28, function_.link_slot); // tail calls leave this frame
  }

  IrFunction& function_;
  const std::pmr::vector<Pin>& pins_;
  const HandlerTable& handlers_;
  Locator* locator_;
  PiecedCode& code_;
  std::pmr::vector<const Pin*> pin_of_; // by slot, when there are pins
  std::byte* instruction_ = nullptr;    // that is being written, until the next begins
  uint32_t at_ = 0;                     // its offset
  uint32_t copies_left_;                // operations that may still be copied: code stays linear in the body
  bool is_bare_;       // operations are encoded as they are: no pins, and nobody wants to know where
  uint32_t depth_ = 0; // of loops around what is emitted
  bool pins_filled_ = false;
};

} // namespace

void emit_code(IrFunction& function, const std::pmr::vector<Pin>& pins, const HandlerTable& handlers,
               PiecedCode& code, Locator* locator) {
  Emitter(function, pins, handlers, code, locator).run();
}

} // namespace skerry::vm
