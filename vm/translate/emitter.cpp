#include "vm/translate/emitter.hpp"

#include "vm/base/choose.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace skerry::vm {

namespace {

/// The kind of an operand, as an index into handler tables. Absent operands count as constants. It uses no
/// branches because they would be unpredictable.
size_t kind_of(const Operand& o, Operand::Where in_register, int constant) {
  const size_t other = choose<size_t>(o.where == in_register, kind::first_register + o.index, constant);
  return choose<size_t>(o.is_slot(), kind::slot, other);
}
size_t int_kind(const Operand& o) { return kind_of(o, Operand::Where::int_register, kind::imm); }
size_t vector_kind(const Operand& o) { return kind_of(o, Operand::Where::vector_register, kind::vimm); }

class Emitter {
public:
  Emitter(IrFunction& function, const std::pmr::vector<Pin>& pins, const HandlerTable& handlers,
          PiecedCode& code, const EmitObservers& observers)
      : function_(function), pins_(pins), handlers_(handlers), locator_(observers.locator),
        listing_(observers.listing), code_(code),
        pin_of_(pins.empty() ? 0 : function.first_temp, nullptr, function.arena),
        copies_left_(function.code.size() + 64), is_bare_(pins.empty() && locator_ == nullptr),
        is_observed_(handlers.count != nullptr || listing_ != nullptr) {
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
  // ---- tail duplication: copying the destination of a jump to the jump

  // These limits suffice for the dispatch in an interpreter's loop, which profits most: the code of each
  // opcode then ends with its own jump to the next.
  static constexpr uint32_t most_copied = 8, most_jumps = 4;
  // At most this many operations are examined. Labels count too, because very many blocks may end at the same
  // place.
  static constexpr uint32_t most_seen = 256;
  // At most this many instructions may run between a jump to a loop and its fuel check, which tail
  // duplication moves to the last jump.
  static constexpr int32_t most_before_look = 64;

  /// If a jump leads to a few operations that end in another jump, replaces it by a copy of them. The charges
  /// of the jumps add up and are owed until the last jump.
  bool copy_target(const Ir& jump) {
    std::array<const Ir*, most_copied> copied;
    std::array<int32_t, most_copied> owed;
    uint32_t count = 0, seen = 0;
    Ir last = jump;
    int32_t before_look = 0;
    for (uint32_t jumps = 0; last.operation == Operation::branch && jumps < most_jumps; ++jumps) {
      uint32_t found = count, at = function_.label_positions[last.jump.label];
      for (; is_copyable(function_.code[at]) && found < most_copied && seen < most_seen; ++at, ++seen) {
        const Ir& ir = function_.code[at];
        if (ir.operation == Operation::label || ir.operation == Operation::nop) continue;
        owed[found] = last.charge, copied[found++] = &ir;
      }
      const Ir& end = function_.code[at];
      if (!is_end(end) || &end == &jump || found > copies_left_) break;
      if (last.back)
        before_look += end.pending - function_.code[function_.label_positions[last.jump.label]].pending;
      if (before_look > most_before_look) break;
      count = found;
      const Ir before = last;
      last = end;
      last.charge += before.charge;
      last.pending += before.charge;
      last.back |= before.back;
    }
    if (last.operation == Operation::branch && last.jump.label == jump.jump.label) return false;
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

  // ---- one operation, with the moves that pinned locals need around it

  void one(Ir& ir) {
    depth_ = ir.depth;
    if (!is_bare_) return one_with_pins(ir);
    emit(ir);
  }
  /// Replaces pinned operands by registers in place. Later copies of the operation can use the registers too.
  void one_with_pins(Ir& ir) {
    if (ir.operation == Operation::nop) return;
    wasm_offset_ = ir.offset;
    // Pins are filled before the first label too: the function may begin with a loop.
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
    ir.offset = wasm_offset_;
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

  // ---- encoding: each function writes one form of vm/code/layout.hpp

  uint32_t offset() const { return code_.size(); }
  /// Adds an instruction whose fields are 0. It never moves.
  template <class Layout> [[gnu::always_inline]] Layout& begin(NumberedHandler handler, const Ir& ir) {
    if (is_observed_) [[unlikely]]
      observe(ir, layout::form_of<Layout>, handler.number);
    at_ = offset();
    auto& instruction = *reinterpret_cast<Layout*>(code_.begin(sizeof(Layout), handler.number));
    instruction.handler = handler.handler;
    return instruction;
  }
  /// Records the instruction for profiles and listings.
  [[gnu::cold, gnu::noinline]] void observe(const Ir& ir, layout::Form form, HandlerNumber number) {
    if (handlers_.count != nullptr) count_next();
    if (listing_ != nullptr) listing_->push_back({offset(), number, form, ir});
  }
  void count_next() {
    auto& i = *reinterpret_cast<layout::Count*>(code_.add(sizeof(layout::Count)));
    i.handler = handlers_.count;
    i.depth = depth_;
  }
  /// Returns 0 if the operand is not a slot.
  static layout::Slot slot(const Operand& o) {
    return static_cast<layout::Slot>(choose<uint32_t>(o.is_slot(), o.index, 0));
  }
  static layout::SlotOrConstant slot_or(const Operand& o, uint64_t constant) {
    return {static_cast<uint32_t>(choose<uint64_t>(o.is_slot(), o.index, constant))};
  }
  static layout::SlotOrConstant slot_or_f32(const Operand& o, uint64_t constant) {
    return {o.is_constant() ? static_cast<uint32_t>(constant) : std::to_underlying(slot(o))};
  }
  static layout::SlotOrConstant16 slot_or_small(const Operand& o) { return {o.index}; }
  template <class Layout> void jump(Layout& from, uint32_t label, int32_t charge) {
    refer(from, from.target, label);
    from.charge.fuel = charge;
  }
  template <class Layout> void refer(const Layout& from, const layout::Target& target, uint32_t label) {
    const auto within =
        reinterpret_cast<const std::byte*>(&target) - reinterpret_cast<const std::byte*>(&from);
    code_.refer(at_ + static_cast<uint32_t>(within), at_, label);
  }

  void emit(const Ir& ir) {
    switch (ir.operation) {
    case Operation::nop: return;
    case Operation::label: return code_.bind(ir.jump.label);
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
    case Operation::load: return access(ir, ir.d, ir.classes().d);
    case Operation::store: return access(ir, ir.c, ir.classes().c);
    case Operation::global_get: return global(handlers_.global_get, ir.d, ir);
    case Operation::imported_global_get: return global(handlers_.imported_global_get, ir.d, ir);
    case Operation::global_set: return global(handlers_.global_set, ir.a, ir);
    case Operation::imported_global_set: return global(handlers_.imported_global_set, ir.a, ir);
    case Operation::branch: return branch(ir);
    case Operation::branch_if: return branch_if(ir);
    case Operation::branch_if_float: return branch_if_float(ir);
    case Operation::count_branch: return count_branch(ir);
    case Operation::branch_table: return branch_table(ir);
    case Operation::return_: return return_(handlers_.return_[int_kind(ir.a)], ir);
    case Operation::return_v: return return_(handlers_.return_v[ir.wide][vector_kind(ir.a)], ir);
    case Operation::return_none: return return_none(ir);
    case Operation::enter: return enter(ir);
    case Operation::call: return call(handlers_.call, ir);
    case Operation::call_import: return call(handlers_.call_import, ir);
    case Operation::call_indirect: return call_indirect(ir);
    case Operation::call_ref: return call_ref(ir);
    case Operation::return_call: return return_call(handlers_.return_call, ir);
    case Operation::return_call_import: return return_call(handlers_.return_call_import, ir);
    case Operation::return_call_indirect: return return_call_indirect(ir);
    case Operation::return_call_ref: return return_call_ref(ir);
    case Operation::stack_op: return stack_op(ir);
    case Operation::look: return look(ir);
    case Operation::unreachable: return void(begin<layout::None>(handlers_.unreachable, ir));
    }
  }

  size_t kind_of(const Operand& o, char cls) const { return cls == 'v' ? vector_kind(o) : int_kind(o); }
  static size_t writable(char cls) { return cls == 's' ? 1 : cls == 'v' ? kind::vwritable : kind::writable; }
  static size_t readable(char cls) { return cls == 's' ? 1 : cls == 'v' ? kind::vreadable : kind::readable; }
  const HandlerRow& numeric(const Ir& ir) const { return handlers_.numeric[static_cast<size_t>(ir.row)]; }

  void unary(const Ir& ir) {
    const OperandClasses c = ir.classes();
    const size_t index = kind_of(ir.d, c.d) * writable(c.a) + kind_of(ir.a, c.a);
    auto& i = begin<layout::Unary>(numeric(ir)[index], ir);
    i.d = slot(ir.d);
    i.a = slot(ir.a);
  }
  void binary(const Ir& ir) {
    const OperandClasses c = ir.classes();
    if (c.d == 'i' && c.a == 'i' && c.b == 'i') return int_binary(ir);
    const std::string_view signature = info(ir.row).signature;
    const size_t b_kinds = signature[1] == 'v' ? writable(c.b) : readable(c.b);
    const size_t index =
        (kind_of(ir.d, c.d) * writable(c.a) + kind_of(ir.a, c.a)) * b_kinds + kind_of(ir.b, c.b);
    if (signature[1] == 'F' && ir.b.is_constant()) {
      auto& i = begin<layout::BinaryF64>(numeric(ir)[index], ir);
      i.d = slot(ir.d);
      i.a = slot(ir.a);
      i.b.bits = ir.number.constant;
      return;
    }
    auto& i = begin<layout::Binary>(numeric(ir)[index], ir);
    i.d = slot(ir.d);
    i.a = slot(ir.a);
    i.b = c.b == 'i' ? slot_or(ir.b, ir.number.constant) : slot_or_f32(ir.b, ir.number.constant);
  }
  /// The common case of binary().
  void int_binary(const Ir& ir) {
    const size_t index = (int_kind(ir.d) * kind::writable + int_kind(ir.a)) * kind::readable + int_kind(ir.b);
    auto& i = begin<layout::Binary>(numeric(ir)[index], ir);
    i.d = slot(ir.d);
    i.a = slot(ir.a);
    i.b = slot_or(ir.b, ir.number.constant);
  }
  void ternary(const Ir& ir) {
    auto& i = begin<layout::Ternary>(numeric(ir)[0], ir);
    i.d = slot(ir.d);
    i.a = slot(ir.a);
    i.b = slot(ir.b);
    i.c = slot(ir.c);
  }
  void extract_lane(const Ir& ir) {
    auto& i = begin<layout::ExtractLane>(numeric(ir)[kind_of(ir.d, ir.classes().d)], ir);
    i.d = slot(ir.d);
    i.a = slot(ir.a);
    i.first_byte = static_cast<uint16_t>(ir.lane.first_byte);
  }
  void replace_lane(const Ir& ir) {
    auto& i = begin<layout::ReplaceLane>(numeric(ir)[kind_of(ir.b, ir.classes().b)], ir);
    i.d = slot(ir.d);
    i.a = slot(ir.a);
    i.b = slot(ir.b);
    i.first_byte = static_cast<uint16_t>(ir.lane.first_byte);
  }
  void shuffle(const Ir& ir) {
    const size_t index =
        (vector_kind(ir.d) * kind::vwritable + vector_kind(ir.a)) * kind::vwritable + vector_kind(ir.b);
    auto& i = begin<layout::Shuffle>(handlers_.shuffle[index], ir);
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
  void lea(const Ir& ir) {
    const size_t index = (int_kind(ir.d) * kind::writable + int_kind(ir.a)) * kind::writable + int_kind(ir.b);
    auto& i = begin<layout::Lea>(handlers_.lea[ir.lea.shift - 1][index], ir);
    i.d = slot(ir.d);
    i.a = slot(ir.a);
    i.b = slot(ir.b);
  }

  void move(const Ir& ir) {
    const uint64_t constant = ir.number.constant;
    if (ir.a.is_constant() && !layout::SlotOrConstant::can_hold(static_cast<int64_t>(constant)))
      return move_constant64(handlers_.move_imm64[int_kind(ir.d)], ir);
    auto& i = begin<layout::Move>(handlers_.move[int_kind(ir.d) * kind::readable + int_kind(ir.a)], ir);
    i.d = slot(ir.d);
    i.a = slot_or(ir.a, constant);
  }
  void vmove(const Ir& ir) {
    const size_t index = vector_kind(ir.d) * kind::vreadable + vector_kind(ir.a);
    const NumberedHandler handler = handlers_.vmove[ir.wide][index];
    if (ir.wide && ir.a.is_constant()) return move_constant64(handler, ir);
    auto& i = begin<layout::Move>(handler, ir);
    i.d = slot(ir.d);
    i.a = slot_or_f32(ir.a, ir.number.constant);
  }
  void move_constant64(NumberedHandler handler, const Ir& ir) {
    auto& i = begin<layout::MoveConstant64>(handler, ir);
    i.d = slot(ir.d);
    i.a.bits = ir.number.constant;
  }
  void move128(const Ir& ir) {
    auto& i =
        begin<layout::Unary>(handlers_.move128[vector_kind(ir.d) * kind::vwritable + vector_kind(ir.a)], ir);
    i.d = slot(ir.d);
    i.a = slot(ir.a);
  }
  void constant128(const Ir& ir) {
    auto& i = begin<layout::Constant128>(handlers_.constant128[vector_kind(ir.d)], ir);
    i.d = slot(ir.d);
    i.value.bytes = ir.bytes;
  }
  void copy_slots(const Ir& ir) {
    auto& i = begin<layout::CopySlots>(handlers_.copy_slots, ir);
    i.to = static_cast<layout::Slot>(ir.copy.to);
    i.from = static_cast<layout::Slot>(ir.copy.from);
    i.count = ir.copy.count;
  }
  void select(const Ir& ir) {
    const size_t index =
        ((int_kind(ir.d) * kind::readable + int_kind(ir.a)) * kind::readable + int_kind(ir.b)) *
            kind::writable +
        int_kind(ir.c);
    auto& i = begin<layout::Select>(handlers_.select[index], ir);
    i.d = slot(ir.d);
    i.a = slot_or_small(ir.a);
    i.b = slot_or_small(ir.b);
    i.c = slot(ir.c);
  }
  void vselect(const Ir& ir) {
    auto& i = begin<layout::Ternary>(handlers_.vselect[ir.pair][int_kind(ir.c)], ir);
    i.d = slot(ir.d);
    i.a = slot(ir.a);
    i.b = slot(ir.b);
    i.c = slot(ir.c);
  }

  /// `value` is loaded or stored, and `value_class` is its class.
  void access(const Ir& ir, const Operand& value, char value_class) {
    const HandlerRow& row = handlers_.memory[memory_row(ir.row)].mode[static_cast<size_t>(ir.mode)];
    const size_t value_kind = kind_of(value, value_class), a = int_kind(ir.a);
    switch (ir.mode) {
    case AddressMode::plain: {
      auto& i = begin<layout::PlainAccess>(row[value_kind * kind::readable + a], ir);
      return put_access(i, ir, value);
    }
    case AddressMode::indexed: {
      auto& i = begin<layout::IndexedAccess>(row[indexed(value_kind, a, ir)], ir);
      return put_access(i, ir, value);
    }
    case AddressMode::wrapped: {
      auto& i = begin<layout::WrappedAccess>(row[value_kind * kind::writable + a], ir);
      return put_access(i, ir, value);
    }
    case AddressMode::indexed_wrapped: {
      auto& i = begin<layout::IndexedWrappedAccess>(row[indexed(value_kind, a, ir)], ir);
      return put_access(i, ir, value);
    }
    }
  }
  static size_t indexed(size_t value_kind, size_t a, const Ir& ir) {
    return ((value_kind * kind::readable + a) * kind::writable + int_kind(ir.b)) * 2 + ir.scaled;
  }
  template <class Layout> static void put_access(Layout& i, const Ir& ir, const Operand& value) {
    i.value = slot_or_small(value);
    i.a = slot(ir.a);
    if constexpr (requires { i.b; }) i.b = slot(ir.b);
    if constexpr (requires { i.addend; }) i.addend = ir.access.addend;
    i.end = static_cast<decltype(i.end)>(ir.access.end);
  }

  void global(const HandlerRow& handlers, const Operand& value, const Ir& ir) {
    auto& i = begin<layout::Global>(handlers[int_kind(value)], ir);
    i.value = slot(value);
    i.place = ir.global.place;
  }

  void branch(const Ir& ir) {
    jump(begin<layout::Branch>(ir.back ? handlers_.branch_back : handlers_.branch, ir), ir.jump.label,
         ir.charge);
  }
  void branch_if(const Ir& ir) {
    const size_t index = (int_kind(ir.a) * kind::readable + int_kind(ir.b)) * 2 + ir.back;
    auto& i =
        begin<layout::BranchIf>(handlers_.branch_if[ir.wide][static_cast<size_t>(ir.compare)][index], ir);
    i.a = slot(ir.a);
    i.b = slot_or(ir.b, ir.jump.constant);
    jump(i, ir.jump.label, ir.charge);
  }
  void branch_if_float(const Ir& ir) {
    const Opcode first = ir.wide ? Opcode::f64_eq : Opcode::f32_eq;
    const size_t compare = static_cast<size_t>(ir.row) - static_cast<size_t>(first);
    const size_t index =
        ((ir.negate * kind::vwritable + vector_kind(ir.a)) * kind::vreadable + vector_kind(ir.b)) * 2 +
        ir.back;
    const NumberedHandler handler = handlers_.branch_if_float[ir.wide][compare][index];
    if (ir.wide && ir.b.is_constant()) {
      auto& i = begin<layout::BranchIfF64>(handler, ir);
      i.a = slot(ir.a);
      i.b.bits = ir.jump.constant;
      return jump(i, ir.jump.label, ir.charge);
    }
    auto& i = begin<layout::BranchIf>(handler, ir);
    i.a = slot(ir.a);
    i.b = slot_or_f32(ir.b, ir.jump.constant);
    jump(i, ir.jump.label, ir.charge);
  }
  void count_branch(const Ir& ir) {
    const size_t index = int_kind(ir.a) * kind::readable + int_kind(ir.b);
    auto& i = begin<layout::CountBranch>(
        handlers_.count_branch[ir.wide][static_cast<size_t>(ir.compare)][index], ir);
    i.a = slot(ir.a);
    i.step = static_cast<decltype(i.step)>(ir.jump.step);
    i.b = slot_or(ir.b, ir.jump.constant);
    jump(i, ir.jump.label, ir.charge);
  }
  /// The table follows the first instruction that uses it.
  void branch_table(const Ir& ir) {
    BranchTable& table = function_.branch_tables[ir.table.table];
    auto& i = begin<layout::BranchTable>(handlers_.branch_table[int_kind(ir.a)], ir);
    const bool is_first = table.code_offset == no_label;
    if (is_first) table.code_offset = offset();
    i.a = slot(ir.a);
    i.last = static_cast<uint32_t>(table.targets.size() - 1);
    i.table.distance = static_cast<int32_t>(table.code_offset - at_);
    i.charge.fuel = ir.charge;
    if (is_first) add_table(table.targets);
  }
  void add_table(std::span<const BranchTarget> targets) {
    at_ = offset();
    auto* entries = reinterpret_cast<layout::BranchTableEntry*>(
        code_.add(targets.size() * sizeof(layout::BranchTableEntry)));
    for (size_t i = 0; i < targets.size(); ++i) {
      refer(*entries, entries[i].target, targets[i].label);
      entries[i].charge.fuel = targets[i].charge;
    }
  }

  void return_none(const Ir& ir) {
    auto& i = begin<layout::ReturnNone>(handlers_.return_none, ir);
    i.link = static_cast<layout::Slot>(function_.link_slot);
    i.charge.fuel = ir.charge;
  }
  void return_(NumberedHandler handler, const Ir& ir) {
    if (ir.a.is_constant()) return return_constant(handler, ir);
    auto& i = begin<layout::Return>(handler, ir);
    i.a = slot(ir.a);
    i.link = static_cast<layout::Slot>(function_.link_slot);
    i.charge.fuel = ir.charge;
  }
  void return_constant(NumberedHandler handler, const Ir& ir) {
    auto& i = begin<layout::ReturnConstant>(handler, ir);
    i.a.bits = ir.number.constant;
    i.link = static_cast<layout::Slot>(function_.link_slot);
    i.charge.fuel = ir.charge;
  }
  void enter(const Ir& ir) {
    auto& i = begin<layout::Enter>(handlers_.enter[std::min(ir.slots.count, enter_unrolled + 1) - 1], ir);
    i.first = static_cast<layout::Slot>(ir.slots.first);
    i.count = ir.slots.count;
  }
  void stack_op(const Ir& ir) {
    auto& i = begin<layout::StackOp>({handlers_.stack_op[static_cast<size_t>(ir.row)]}, ir);
    i.first = static_cast<layout::Slot>(ir.stack.first);
    i.index = ir.stack.index;
    i.second = ir.stack.second;
    i.charge.fuel = static_cast<decltype(i.charge.fuel)>(ir.charge);
  }
  void look(const Ir& ir) { begin<layout::Look>(handlers_.look, ir).charge.fuel = ir.charge; }

  static void put_site(layout::CallSite& site, const Ir& ir) {
    site.distance = static_cast<uint32_t>(ir.call.frame * sizeof(uint64_t));
    site.charge.fuel = ir.charge;
  }
  void call(NumberedHandler handler, const Ir& ir) {
    auto& i = begin<layout::Call>(handler, ir);
    put_site(i.site, ir);
    i.callee = ir.call.callee;
  }
  void call_indirect(const Ir& ir) {
    auto& i = begin<layout::CallIndirect>(handlers_.call_indirect[int_kind(ir.a)], ir);
    put_site(i.site, ir);
    i.a = slot(ir.a);
    i.type = ir.call.type;
    i.table = ir.call.table;
  }
  void call_ref(const Ir& ir) {
    auto& i = begin<layout::CallRef>(handlers_.call_ref[int_kind(ir.a)], ir);
    put_site(i.site, ir);
    i.a = slot(ir.a);
  }
  void return_call(NumberedHandler handler, const Ir& ir) {
    auto& i = begin<layout::ReturnCall>(handler, ir);
    put_site(i.site, ir);
    i.callee = ir.call.callee;
    i.link = static_cast<layout::Slot>(function_.link_slot);
  }
  void return_call_indirect(const Ir& ir) {
    auto& i = begin<layout::ReturnCallIndirect>(handlers_.return_call_indirect[int_kind(ir.a)], ir);
    put_site(i.site, ir);
    i.a = slot(ir.a);
    i.type = ir.call.type;
    i.table = ir.call.table;
    i.link = static_cast<layout::Slot>(function_.link_slot);
  }
  void return_call_ref(const Ir& ir) {
    auto& i = begin<layout::ReturnCallRef>(handlers_.return_call_ref[int_kind(ir.a)], ir);
    put_site(i.site, ir);
    i.a = slot(ir.a);
    i.link = static_cast<layout::Slot>(function_.link_slot);
  }

  IrFunction& function_;
  const std::pmr::vector<Pin>& pins_;
  const HandlerTable& handlers_;
  Locator* locator_;
  Listing* listing_;
  PiecedCode& code_;
  std::pmr::vector<const Pin*> pin_of_; // by slot; empty if there are no pins
  uint32_t at_ = 0;                     // offset of the instruction that is being written
  uint32_t copies_left_;                // copies still allowed; keeps the code linear in the body
  bool is_bare_;                        // operations are encoded unchanged: no pins and no locator
  bool is_observed_;                    // a profile or a listing is being made
  uint32_t depth_ = 0;                  // loops around the current operation
  uint32_t wasm_offset_ = 0;            // wasm instruction for which pins are moved
  bool pins_filled_ = false;
};

} // namespace

void emit_code(IrFunction& function, const std::pmr::vector<Pin>& pins, const HandlerTable& handlers,
               PiecedCode& code, const EmitObservers& observers) {
  Emitter(function, pins, handlers, code, observers).run();
}

} // namespace skerry::vm
