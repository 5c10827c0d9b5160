// Last stage of translation: fuses sequences of instructions into superinstructions, in place. The first
// instruction of a known sequence gets a handler that executes the whole sequence, and nothing else in the
// code changes. So jumps into the sequence stay valid, and all code offsets keep their meaning.
#pragma once

#include "vm/code/sequence_table.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace skerry::vm {

/// The position of an instruction, in bytes from the start of the code, and the number of its handler before
/// fusion.
struct InstructionStart {
  uint32_t at;
  HandlerNumber number;
};

/// Fuses the instructions of a function's code, from the end of the code to its start.
class Fusion {
public:
  Fusion(std::byte* code, const SequenceTable& sequences) : code_(code), sequences_(sequences) {}
  /// Fuses the next part of the code. `starts` lists the part's instructions in code order. The first call
  /// passes the last part of the code, and each later call the part before that.
  void fuse(std::span<const InstructionStart> starts);

private:
  std::byte* code_;
  const SequenceTable& sequences_;
  // Data about the three instructions that follow the current one. next_ and second_next_ are the handler
  // numbers of the first two. from_next_, from_second_ and from_third_ are the fewest dispatches from each of
  // the three to the end of the code.
  HandlerNumber next_ = 0, second_next_ = 0;
  uint32_t from_next_ = 0, from_second_ = 0, from_third_ = 0;
};

} // namespace skerry::vm
