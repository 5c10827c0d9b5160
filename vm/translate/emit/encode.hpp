// Encoding: writes each operation as an instruction. The instruction's handler is specialized for the places
// of the operands (slot, VM register or constant).
#pragma once

#include "vm/translate/emit/instruction_writer.hpp"
#include "vm/translate/ir.hpp"

namespace skerry::vm {

/// Encodes an operation that computes, moves, loads or stores values.
void encode_value(InstructionWriter& w, const Ir& ir);
/// Encodes a label, branch, call or return, or one of the operations enter, stack_op, look and unreachable.
/// The first branch_table operation that uses a table also writes the table, and sets its
/// TargetTable::code_offset in `function`.
void encode_control(InstructionWriter& w, IrFunction& function, const Ir& ir);

/// Encodes any operation.
inline void encode(InstructionWriter& w, IrFunction& function, const Ir& ir) {
  if (computes_value(ir.operation))
    encode_value(w, ir);
  else if (ir.operation != Operation::nop)
    encode_control(w, function, ir);
}

} // namespace skerry::vm
