// InstructionWriter: begins instructions of threaded code, and connects jumps with labels. The writer sets an
// instruction's handler, and its caller sets the other fields. The structs in vm/code/layout.hpp list the
// fields of each form of instruction.
#pragma once

#include "vm/base/choose.hpp"
#include "vm/code/handler_table.hpp"
#include "vm/code/layout.hpp"
#include "vm/translate/emit/listing.hpp"
#include "vm/translate/emit/pieced_code.hpp"
#include "vm/translate/ir.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace skerry::vm {

class InstructionWriter {
public:
  /// If `listing` is not null, every instruction is added to it.
  InstructionWriter(const HandlerTable& handlers, PiecedCode& code, Listing* listing)
      : handlers_(handlers), code_(code), listing_(listing),
        is_observed_(handlers.count != nullptr || listing != nullptr) {}

  const HandlerTable& handlers() const { return handlers_; }
  /// The offset at which the next instruction begins.
  uint32_t offset() const { return code_.size(); }
  /// The offset of the instruction that was begun last.
  uint32_t at() const { return at_; }

  /// Appends an instruction with this handler, which implements the operation `ir`. All other fields of the
  /// instruction are 0, and the caller then sets them. The instruction stays at its address while code is
  /// added.
  template <class Layout> [[gnu::always_inline]] Layout& begin(NumberedHandler handler, const Ir& ir) {
    if (is_observed_) [[unlikely]]
      observe(ir, layout::form_of<Layout>, handler.number);
    at_ = offset();
    auto& instruction = *reinterpret_cast<Layout*>(code_.begin(sizeof(Layout), handler.number));
    instruction.handler = {handler.handler};
    return instruction;
  }
  /// Makes `from`, which must be the instruction that was begun last, jump to a label.
  template <class Layout> void jump(Layout& from, uint32_t label, int32_t charge) {
    refer(from, from.target, label);
    from.charge.fuel = charge;
  }
  void bind(uint32_t label) { code_.bind(label); }
  /// Appends the entries of a branch table, which must follow their instruction directly.
  void add_table(std::span<const BranchTarget> targets);

private:
  template <class Layout> void refer(const Layout& from, const layout::Target& target, uint32_t label) {
    const auto within =
        reinterpret_cast<const std::byte*>(&target) - reinterpret_cast<const std::byte*>(&from);
    code_.refer(at_ + static_cast<uint32_t>(within), at_, label);
  }
  void observe(const Ir& ir, layout::Form form, HandlerNumber number);

  const HandlerTable& handlers_;
  PiecedCode& code_;
  Listing* listing_;
  uint32_t at_ = 0;
  bool is_observed_; // observe() must see every instruction
};

// ---- the places of operands, as indices in rows of the handler table

/// Returns the place of an operand: `slot`, one of the registers, or `constant`, which also stands for an
/// absent operand. Uses no branches because they would be unpredictable.
inline size_t place_of(const Operand& o, Operand::Where in_register, int constant) {
  const size_t other = choose<size_t>(o.where == in_register, place::first_register + o.index, constant);
  return choose<size_t>(o.is_slot(), place::slot, other);
}
inline size_t int_place(const Operand& o) {
  return place_of(o, Operand::Where::int_register, place::constant);
}
inline size_t vector_place(const Operand& o) {
  return place_of(o, Operand::Where::vector_register, place::vector_constant);
}
/// Returns the place of an operand of class `cls` (OperandClasses).
inline size_t place_of(const Operand& o, char cls) { return cls == 'v' ? vector_place(o) : int_place(o); }

// ---- fields

/// Returns the number of the operand's slot, or 0 if the operand is not a slot.
inline layout::Slot slot(const Operand& o) {
  return static_cast<layout::Slot>(choose<uint32_t>(o.is_slot(), o.index, 0));
}
inline layout::SlotOrConstant slot_or(const Operand& o, uint64_t constant) {
  return {static_cast<uint32_t>(choose<uint64_t>(o.is_slot(), o.index, constant))};
}
inline layout::SlotOrConstant slot_or_f32(const Operand& o, uint64_t constant) {
  return {o.is_constant() ? static_cast<uint32_t>(constant) : std::to_underlying(slot(o))};
}
inline layout::SlotOrConstant16 slot_or_small(const Operand& o) { return {o.index}; }

} // namespace skerry::vm
