// Last stage of translation: superinstructions, in place. The handler of a sequence takes the first
// instruction's place in the code and nothing else changes: jumps to the others stay valid, and positions
// mean what they meant.
#pragma once

#include "vm/code/sequence_table.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace skerry::vm {

/// Where an instruction begins, in bytes from the code's start, and its handler's number.
struct InstructionStart {
  uint32_t at;
  HandlerNumber number;
};

/// `starts`: each instruction of the code, in order.
void fuse_sequences(std::byte* code, std::span<const InstructionStart> starts,
                    const SequenceTable& sequences);

} // namespace skerry::vm
