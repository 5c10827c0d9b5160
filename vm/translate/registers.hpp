// Second stage of translation: chooses the operands that live in VM registers.
#pragma once

#include "vm/translate/ir.hpp"

#include <vector>

namespace skerry::vm {

/// A local that lives in a register during the whole function, except around calls.
struct Pin {
  uint32_t slot;
  Operand reg;
  OperandType type;
};

/// Replaces temps by registers in the operations, and chooses the locals to pin. The emitter replaces those.
std::pmr::vector<Pin> assign_registers(IrFunction& function);

} // namespace skerry::vm
