// Classifies the most frequent instructions by their first byte. Loops over a function body look up the class
// and switch on it, which avoids decoding these instructions into an Instruction.
#pragma once

#include "vm/isa/opcode.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace skerry::vm {

enum class Frequent : uint8_t {
  none,
  nop,
  unreachable,
  block,
  loop,
  if_,
  else_,
  end,
  br,
  br_if,
  return_,
  call,
  drop,
  select,
  local_get,
  local_set,
  local_tee,
  global_get,
  global_set,
  i32_const,
  i64_const,
  load,
  store,
  unary,  // numeric, one operand
  binary, // numeric, two operands
};

constexpr Frequent frequent_of(Opcode op) {
  switch (op) {
  case Opcode::nop: return Frequent::nop;
  case Opcode::unreachable: return Frequent::unreachable;
  case Opcode::block: return Frequent::block;
  case Opcode::loop: return Frequent::loop;
  case Opcode::if_: return Frequent::if_;
  case Opcode::else_: return Frequent::else_;
  case Opcode::end: return Frequent::end;
  case Opcode::br: return Frequent::br;
  case Opcode::br_if: return Frequent::br_if;
  case Opcode::return_: return Frequent::return_;
  case Opcode::call: return Frequent::call;
  case Opcode::drop: return Frequent::drop;
  case Opcode::select: return Frequent::select;
  case Opcode::local_get: return Frequent::local_get;
  case Opcode::local_set: return Frequent::local_set;
  case Opcode::local_tee: return Frequent::local_tee;
  case Opcode::global_get: return Frequent::global_get;
  case Opcode::global_set: return Frequent::global_set;
  case Opcode::i32_const: return Frequent::i32_const;
  case Opcode::i64_const: return Frequent::i64_const;
  default: break;
  }
  switch (info(op).op_class) {
  case OpClass::numeric:
  case OpClass::trapping: // no one-byte instruction has three operands
    return info(op).signature[1] == '>' ? Frequent::unary : Frequent::binary;
  case OpClass::load: return Frequent::load;
  case OpClass::store: return Frequent::store;
  default: return Frequent::none;
  }
}

struct FrequentOpcode {
  Frequent kind = Frequent::none;
  Opcode op = Opcode::invalid;
};
/// The class of each instruction, indexed by the instruction's first byte.
inline constexpr std::array<FrequentOpcode, 256> frequent_opcodes = [] {
  std::array<FrequentOpcode, 256> by_byte{};
  for (size_t i = 0; i < by_byte.size(); ++i)
    by_byte[i] = {frequent_of(one_byte_opcodes[i]), one_byte_opcodes[i]};
  return by_byte;
}();

} // namespace skerry::vm
