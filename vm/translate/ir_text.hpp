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

/// Names the operation in one or two words: `i32.add`, `i32.load wrapped`, `branch_if i32.lt_s`.
std::string operation_text(const Ir& ir);
/// Returns `[5]`, `r0` or `v1`; an empty string for a constant.
std::string operand_text(const Operand& operand);
/// Returns whether the operand, if it is a constant of class v, is a 64-bit float.
bool has_wide_float(const Ir& ir);

/// Returns the operation without a newline. `function` provides the branch tables.
std::string ir_text(const Ir& ir, const IrFunction& function);
/// Writes all operations, each after the offset of its wasm instruction in the module.
bool write_ir(const IrFunction& function, const TextLines& write);
/// Lists the locals that live in registers.
std::string pins_text(std::span<const Pin> pins);

} // namespace skerry::vm
