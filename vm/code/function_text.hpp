// FunctionText: the threaded code of one function as text, with the place of each operand. Traces print both
// the text and the operands' values.
#pragma once

#include "vm/isa/operand_type.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace skerry::vm {

/// An operand that an instruction reads, and its place.
struct ReadOperand {
  enum class Where : uint8_t { slot, int_register, vector_register };
  Where where;
  OperandType type; // i64 if it is unknown
  uint16_t index;   // of the slot, or of the register from 0
};

struct InstructionText {
  uint32_t code_offset;           // of the instruction in the function's code
  uint32_t module_offset;         // of the wasm instruction that it comes from
  std::string text;               // as `objdump --code` shows it, but jump targets are module offsets
  std::vector<ReadOperand> reads; // in the order in which the text has them
};

/// The instructions are in the order of the code.
struct FunctionText {
  std::vector<InstructionText> instructions;
};

} // namespace skerry::vm
