// FunctionText: the threaded code of one function as text, with the places of the operands, for traces.
#pragma once

#include "vm/isa/operand_type.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace skerry::vm {

/// An operand that an instruction reads.
struct ReadOperand {
  enum class Where : uint8_t { slot, int_register, vector_register };
  Where where;
  OperandType type; // i64 if it is unknown
  uint16_t index;   // slot; register, counted from 0
};

struct InstructionText {
  uint32_t code_offset;   // of the instruction in the function's code
  uint32_t module_offset; // of the wasm instruction that it comes from
  std::string text;       // as `skerry objdump --code` shows it, with offsets in the module as targets
  std::vector<ReadOperand> reads; // in the order in which the text has them
};

/// In the order of the code.
struct FunctionText {
  std::vector<InstructionText> instructions;
};

} // namespace skerry::vm
