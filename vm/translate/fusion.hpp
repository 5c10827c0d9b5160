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

/// Goes through code from its end to its start.
class Fusion {
public:
  Fusion(std::byte* code, const SequenceTable& sequences) : code_(code), sequences_(sequences) {}
  /// The instructions that stand before those that have been given, in order.
  void fuse(std::span<const InstructionStart> starts);

private:
  std::byte* code_;
  const SequenceTable& sequences_;
  // Of the three instructions behind the current one: their numbers, and the dispatches from there.
  HandlerNumber next_ = 0, second_next_ = 0;
  uint32_t from_next_ = 0, from_second_ = 0, from_third_ = 0;
};

} // namespace skerry::vm
