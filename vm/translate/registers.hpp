// Second stage of translation: chooses which operands live in VM registers.
#pragma once

#include "vm/translate/ir.hpp"

#include <vector>

namespace skerry::vm {

/// A pinned local lives in a register during the whole function. Its value is in its slot only around calls
/// and around operations that need a local in its slot.
struct Pin {
  uint32_t slot;
  Operand reg;
  OperandType type;
};

/// Chooses the locals to pin, and returns them. Gives the remaining registers to temps (slots of the operand
/// stack), and replaces these temps in the operations. The emitter replaces the pinned locals
/// (emit/pin_insertion.hpp).
std::pmr::vector<Pin> assign_registers(IrFunction& function);

} // namespace skerry::vm
