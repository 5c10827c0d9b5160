// Last stage of translation: superinstructions, in place. The handler of a sequence takes the first
// instruction's place in the code and nothing else changes: jumps to the others stay valid, and positions
// mean what they meant.
#pragma once

#include "vm/code/sequence_table.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace skerry::vm {

/// `starts`: where each instruction of the code begins, in order.
void fuse_sequences(std::byte* code, std::span<const uint32_t> starts, const SequenceTable& sequences);

} // namespace skerry::vm
