// The signatures of opcodes.def, converted to value types at compile time.
#pragma once

#include "skerry/types.hpp"
#include "vm/isa/opcode.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace skerry::vm {

/// The properties of an opcode that the validator uses. They take only 24 bytes, so that a cache line holds
/// the properties of more than two opcodes.
struct OpcodeRule {
  OpClass op_class;
  Feature feature;
  uint8_t align_log2; // log2 of the natural alignment
  uint8_t param_count;
  uint8_t result_count; // 0 or 1
  std::array<ValType, 3> params;
  ValType result;
};

constexpr ValType type_of_letter(char letter) {
  switch (letter) {
  case 'i': return i32;
  case 'I': return i64;
  case 'f': return f32;
  case 'F': return f64;
  default: return v128;
  }
}

constexpr OpcodeRule make_rule(const OpcodeInfo& row) {
  const auto align = row.access_bytes ? std::countr_zero(row.access_bytes) : 0;
  OpcodeRule rule{row.op_class, row.feature, static_cast<uint8_t>(align), 0, 0, {}, {}};
  bool is_result = false;
  for (char letter : row.signature) {
    if (letter == '>')
      is_result = true;
    else if (is_result)
      rule.result = type_of_letter(letter), rule.result_count = 1;
    else
      rule.params[rule.param_count++] = type_of_letter(letter);
  }
  return rule;
}

constexpr std::array<OpcodeRule, opcode_count> make_rules() {
  std::array<OpcodeRule, opcode_count> rules{};
  for (size_t i = 0; i < opcode_count; ++i) rules[i] = make_rule(opcode_infos[i]);
  return rules;
}
inline constexpr std::array<OpcodeRule, opcode_count> opcode_rules = make_rules();

} // namespace skerry::vm
