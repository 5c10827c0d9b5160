// Threaded code as text: the output of `skerry objdump --code`, which golden tests compare. The fields of
// each instruction are read from the code itself, through the structs of vm/code/layout.hpp. The Listing that
// the emitter made adds the names of the instructions, and says which operands are in registers.
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

/// Returns the text for the target of a jump.
using TargetText = std::function<std::string(uint32_t code_offset)>;

/// The code of one function, with its listing.
struct ListedCode {
  std::span<const std::byte> bytes;
  const Listing& listing;
  const SequenceTable* sequences; // null if the code has no superinstructions
};

/// Writes a line for each instruction. Each line begins with three columns:
///
///   the offset in the code
///   the module offset of the wasm instruction that it comes from
///   the number of instructions that the handler executes
///
/// The third column is `|` for an instruction inside a superinstruction, unless a jump leads to this
/// instruction. A line begins with `>` if a jump leads to its instruction, else with a space. A branch table
/// follows its instruction, with one line per entry. Returns false if `write` stopped the output.
bool write_code(const ListedCode& code, Arena& arena, const CalleeText& callee, const TextLines& write);

/// Returns the text of one instruction, without the columns before it: `r1 = i32.add r1, r2`.
std::string instruction_text(const ListedInstruction& one, std::span<const std::byte> code,
                             const CalleeText& callee, const TargetText& target);

} // namespace skerry::vm
