// Threaded code as text: the output of `skerry objdump --code`, which golden tests compare. The text is read
// from the code itself, through the structs of vm/code/layout.hpp. The operations that the emitter listed
// provide the names of the instructions and say which operands are in registers.
#pragma once

#include "vm/code/sequence_table.hpp"
#include "vm/translate/emit/emitter.hpp"
#include "vm/translate/ir_text.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace skerry::vm {

/// Returns the name of the function that an operation calls, or an empty string.
using CalleeText = std::function<std::string(const Ir& call)>;

/// Names what a jump leads to.
using TargetText = std::function<std::string(uint32_t code_offset)>;

/// The code of one function, with the data that the printer needs.
struct ListedCode {
  std::span<const std::byte> bytes;
  const Listing& listing;
  const SequenceTable* sequences; // null if no superinstructions are used
};

/// Writes a line for each instruction. It begins with:
///
///   the offset in the code
///   the offset of the wasm instruction in the module
///   the number of instructions that the handler executes
///
/// Instructions inside a superinstruction that are not jump targets have `|` instead of the number. Branch
/// tables follow their instruction, one entry a line. Returns false if `write` stopped the output.
bool write_code(const ListedCode& code, Arena& arena, const CalleeText& callee, const TextLines& write);

/// Returns one instruction of the code without its place: `r1 = i32.add r1, r2`.
std::string instruction_text(const ListedInstruction& one, std::span<const std::byte> code,
                             const CalleeText& callee, const TargetText& target);

} // namespace skerry::vm
