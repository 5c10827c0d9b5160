// Operations as text: the output of `skerry objdump --ir`, which golden tests compare.
//
//   [5] = i32.add [4], 1          slots are in brackets, r0 … and v0 … are VM registers
//   branch_if i32.lt_s r0, 10 -> L2 charge=4
#pragma once

#include "vm/code/value_text.hpp"
#include "vm/translate/ir.hpp"
#include "vm/translate/registers.hpp"
#include "vm/translate/text_lines.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace skerry::vm {

/// Returns the name of the operation: `i32.add`, `i32.load wrapped`, `branch_if i32.lt_s`.
std::string operation_text(const Ir& ir);
/// Returns `[5]`, `r0` or `v1`; an empty string for a constant or a missing operand.
std::string operand_text(const Operand& operand);
/// If the operation has a constant operand of class v, returns whether that is an f64 (not an f32).
bool has_wide_float(const Ir& ir);

/// Returns the text of an operation, without a newline. `function` provides the branch tables.
std::string ir_text(const Ir& ir, const IrFunction& function);
/// Writes a line for each operation. The line begins with the module offset of the operation's wasm
/// instruction. Returns false if `write` stopped the output.
bool write_ir(const IrFunction& function, const TextLines& write);
/// Returns a list of the pinned locals: `[0] in r2, [3] in r1`.
std::string pins_text(std::span<const Pin> pins);

} // namespace skerry::vm
