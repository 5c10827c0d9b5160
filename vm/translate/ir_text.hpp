// Operations as text: what `skerry objdump --ir` shows, and the golden tests compare.
//
//   [5] = i32.add [4], 1          slots are in brackets, r0 … and v0 … are VM registers
//   branch_if i32.lt_s r0, 10 -> L2 charge=4
#pragma once

#include "vm/translate/ir.hpp"
#include "vm/translate/registers.hpp"
#include "vm/translate/text_lines.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace skerry::vm {

/// What the operation does, in one or two words: `i32.add`, `i32.load wrapped`, `branch_if i32.lt_s`.
std::string operation_text(const Ir& ir);
/// With leading zeros.
std::string hex(uint64_t value, size_t digits);
/// `[5]`, `r0`, `v1`. Nothing for a constant.
std::string operand_text(const Operand& operand);
/// A constant of the class that the operand has: `17`, `0.5`.
std::string integer_text(uint64_t bits);
std::string float_text(uint64_t bits, bool wide);
std::string bytes_text(const std::array<uint8_t, 16>& bytes);
/// Is the operand of this class a 64-bit float when it is a constant?
bool has_wide_float(const Ir& ir);

/// The operation without a line's end. `function` has the branch tables.
std::string ir_text(const Ir& ir, const IrFunction& function);
/// All operations, with the wasm instruction's offset in the module before each.
bool write_ir(const IrFunction& function, const TextLines& write);
/// The locals that live in registers.
std::string pins_text(std::span<const Pin> pins);

} // namespace skerry::vm
