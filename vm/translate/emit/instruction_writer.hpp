// InstructionWriter: begins instructions of threaded code and connects them with labels. The functions that
// encode operations fill in the other fields, each of one form of vm/code/layout.hpp.
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
  /// `listing` may be null.
  InstructionWriter(const HandlerTable& handlers, PiecedCode& code, Listing* listing)
      : handlers_(handlers), code_(code), listing_(listing),
        is_observed_(handlers.count != nullptr || listing != nullptr) {}

  const HandlerTable& handlers() const { return handlers_; }
  /// The offset at which the next instruction begins.
  uint32_t offset() const { return code_.size(); }
  /// The offset of the instruction that was begun last.
  uint32_t at() const { return at_; }

  /// Adds an instruction whose fields are 0. It never moves.
  template <class Layout> [[gnu::always_inline]] Layout& begin(NumberedHandler handler, const Ir& ir) {
    if (is_observed_) [[unlikely]]
      observe(ir, layout::form_of<Layout>, handler.number);
    at_ = offset();
    auto& instruction = *reinterpret_cast<Layout*>(code_.begin(sizeof(Layout), handler.number));
    instruction.handler = handler.handler;
    return instruction;
  }
  /// Makes the instruction that was begun last jump to a label.
  template <class Layout> void jump(Layout& from, uint32_t label, int32_t charge) {
    refer(from, from.target, label);
    from.charge.fuel = charge;
  }
  void bind(uint32_t label) { code_.bind(label); }
  /// Adds the entries of a branch table, after the last instruction.
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
  bool is_observed_; // a profile or a listing is being made
};

// ---- where operands are, as indices into handler tables

/// Absent operands count as constants. Uses no branches because they would be unpredictable.
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
/// The place of an operand of a class (OperandClasses).
inline size_t place_of(const Operand& o, char cls) { return cls == 'v' ? vector_place(o) : int_place(o); }

// ---- fields

/// Returns 0 if the operand is not a slot.
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
