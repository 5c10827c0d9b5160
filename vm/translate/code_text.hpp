// Threaded code as text: what `skerry objdump --code` shows, and the golden tests compare. It is read from
// the code itself, by the structs of vm/code/layout.hpp; the operations that the emitter listed say what each
// instruction is called and which operands are in registers.
#pragma once

#include "vm/code/sequence_table.hpp"
#include "vm/translate/emitter.hpp"
#include "vm/translate/ir_text.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace skerry::vm {

/// Gives the name of the function that an operation calls, or nothing.
using CalleeText = std::function<std::string(const Ir& call)>;

/// Code of one function, and what is known of it.
struct ListedCode {
  std::span<const std::byte> bytes;
  const Listing& listing;
  const SequenceTable* sequences; // null: none are used
};

/// A line for each instruction:
///
///   at offset in the code, of the wasm instruction in the module, how many instructions its handler does
///
/// Instructions inside a superinstruction, which nothing jumps to, have `|` there. Branch tables follow their
/// instruction, an entry a line. False when `write` stopped it.
bool write_code(const ListedCode& code, Arena& arena, const CalleeText& callee, const TextLines& write);

} // namespace skerry::vm
