// Pin insertion: replaces pinned locals by their registers in the operations, and adds moves between the
// registers and the locals' slots around calls and around operations that need a local in its slot.
#pragma once

#include "vm/translate/ir.hpp"
#include "vm/translate/registers.hpp"

#include <cstdint>
#include <memory_resource>
#include <vector>

namespace skerry::vm {

class PinInsertion {
public:
  PinInsertion(const IrFunction& function, const std::pmr::vector<Pin>& pins)
      : param_slots_(function.param_slots), first_temp_(function.first_temp), pins_(pins),
        pin_of_(pins.empty() ? 0 : function.first_temp, nullptr, function.arena) {
    for (const Pin& pin : pins_) pin_of_[pin.slot] = &pin;
  }

  bool has_pins() const { return !pins_.empty(); }

  /// Replaces the pinned operands of an operation. Calls `emit` with the moves that must precede the
  /// operation, with the operation, and with the moves that must follow it. Call insert() for every operation
  /// except nop. insert() changes `ir` in place, so that later copies of the operation (TailDuplication) use
  /// the registers too.
  template <class Emit> void insert(Ir& ir, const Emit& emit) {
    at_ = &ir;
    // Fill the registers before the first operation after `enter`, even if that operation is a label. The
    // label may begin a loop, and the registers must not be filled again in each iteration.
    if (ir.operation != Operation::enter && !are_filled_) fill_at_entry(emit);
    if (ir.operation == Operation::label) return emit(ir);
    const Pin* written = replace_operands(ir, emit);
    if (ir.is_call())
      for (const Pin& pin : pins_) emit(spill(pin));
    emit(ir);
    if (ir.is_call())
      for (const Pin& pin : pins_) emit(fill(pin));
    if (written != nullptr) emit(fill(*written));
  }

private:
  const Pin* pin_of(const Operand& o) const {
    return o.is_slot() && o.index < first_temp_ ? pin_of_[o.index] : nullptr;
  }
  static bool fits(const Pin& pin, char cls) {
    return cls == (pin.reg.where == Operand::Where::vector_register ? 'v' : 'i');
  }
  /// Replaces pinned operands. If the operation must write a pinned local to the local's slot, returns the
  /// local's pin: the caller must then fill the pin's register. Else returns null.
  template <class Emit> const Pin* replace_operands(Ir& ir, const Emit& emit) {
    const OperandClasses classes = ir.classes();
    replace_read(ir.a, classes.a, emit);
    replace_read(ir.b, classes.b, emit);
    replace_read(ir.c, classes.c, emit);
    const Pin* pin = pin_of(ir.d);
    if (pin == nullptr || !fits(*pin, classes.d)) return pin;
    ir.d = pin->reg;
    return nullptr;
  }
  template <class Emit> void replace_read(Operand& o, char cls, const Emit& emit) {
    const Pin* pin = pin_of(o);
    if (pin == nullptr) return;
    if (fits(*pin, cls))
      o = pin->reg;
    else
      emit(spill(*pin)); // the operation reads the slot
  }
  template <class Emit> void fill_at_entry(const Emit& emit) {
    are_filled_ = true;
    for (const Pin& pin : pins_) emit(pin.slot < param_slots_ ? fill(pin) : clear(pin));
  }

  Ir spill(const Pin& pin) const { return move(pin, Operand::slot(pin.slot), pin.reg); }
  Ir fill(const Pin& pin) const { return move(pin, pin.reg, Operand::slot(pin.slot)); }
  Ir clear(const Pin& pin) const { return move(pin, pin.reg, Operand::constant()); }
  Ir move(const Pin& pin, const Operand& d, const Operand& a) const;

  uint32_t param_slots_, first_temp_;
  const std::pmr::vector<Pin>& pins_;
  std::pmr::vector<const Pin*> pin_of_; // by slot; empty if there are no pins
  const Ir* at_ = nullptr;              // the operation that needs the moves
  bool are_filled_ = false;
};

} // namespace skerry::vm
