// Last stage of translation: superinstructions, in place. The handler of a sequence replaces the handler of
// the first instruction, and nothing else changes. Jumps to the other instructions stay valid, and all
// positions keep their meaning.
#pragma once

#include "vm/code/sequence_table.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace skerry::vm {

/// Where an instruction begins, in bytes from the start of the code, and the number of its handler.
struct InstructionStart {
  uint32_t at;
  HandlerNumber number;
};

/// Processes code from its end to its start.
class Fusion {
public:
  Fusion(std::byte* code, const SequenceTable& sequences) : code_(code), sequences_(sequences) {}
  /// `starts` are the instructions directly before those of the previous call, in code order.
  void fuse(std::span<const InstructionStart> starts);

private:
  std::byte* code_;
  const SequenceTable& sequences_;
  // For the three instructions after the current one: their numbers, and the dispatches from each to the end.
  HandlerNumber next_ = 0, second_next_ = 0;
  uint32_t from_next_ = 0, from_second_ = 0, from_third_ = 0;
};

} // namespace skerry::vm
