// Second stage of translation: which operands live in VM registers.
#pragma once

#include "vm/translate/ir.hpp"

#include <vector>

namespace skerry::vm {

/// A local that lives in a register for the whole function, but around calls.
struct Pin {
  uint32_t slot;
  Operand reg;
  ValType type;
};

/// Replaces temps by registers in the operations and chooses the pinned locals, which the emitter replaces.
std::pmr::vector<Pin> assign_registers(IrFunction& function);

} // namespace skerry::vm
