// Encoding: writes each operation as the instruction whose handler is made for the places of its operands.
#pragma once

#include "vm/translate/emit/instruction_writer.hpp"
#include "vm/translate/ir.hpp"

namespace skerry::vm {

/// Operations that compute, move, load or store values.
void encode_value(InstructionWriter& w, const Ir& ir);
/// Labels, branches, calls and returns, and what is called for other instructions. The first use of a branch
/// table sets the table's place in the code.
void encode_control(InstructionWriter& w, IrFunction& function, const Ir& ir);

/// Writes any operation.
inline void encode(InstructionWriter& w, IrFunction& function, const Ir& ir) {
  if (computes_value(ir.operation))
    encode_value(w, ir);
  else if (ir.operation != Operation::nop)
    encode_control(w, function, ir);
}

} // namespace skerry::vm
