// Opcodes and the facts that opcodes.def lists about them, as constexpr tables.
#pragma once

#include "skerry/config.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace skerry::vm {

/// The instructions, numbered consecutively in the order of opcodes.def.
enum class Opcode : uint16_t {
#define OP(name, ...) name,
#include "vm/isa/opcodes.def"
  invalid ///< not an instruction; also the number of instructions
};
inline constexpr size_t opcode_count = static_cast<size_t>(Opcode::invalid);

/// The class of an instruction, given by the macro of its row in opcodes.def.
enum class OpClass : uint8_t { numeric, trapping, load, store, constant, simd_lane, special };

enum class ImmediateKind : uint8_t {
#define IMMEDIATE(name, fields) name,
#include "vm/isa/immediates.def"
};

struct OpcodeInfo {
  std::string_view text;      // "i32.add"
  std::string_view signature; // "ii>i"; empty for OpClass::special
  uint16_t code;              // after the prefix
  uint8_t prefix;             // 0: none
  OpClass op_class;
  ImmediateKind immediate;
  uint8_t access_bytes; // size of the memory access, which is also the natural alignment
  uint8_t lanes;        // lane immediates must be below this number
  Feature feature;
  bool is_constant; // constant expressions may contain it if constant_feature is enabled
  Feature constant_feature;
};

inline constexpr std::array<OpcodeInfo, opcode_count + 1> opcode_infos = {{
#define OP(name, text, prefix, code, op_class, signature, immediate, bytes, lanes, feature, constant,        \
           constant_feature)                                                                                 \
  {text,                                                                                                     \
   signature,                                                                                                \
   code,                                                                                                     \
   prefix,                                                                                                   \
   OpClass::op_class,                                                                                        \
   ImmediateKind::immediate,                                                                                 \
   bytes,                                                                                                    \
   lanes,                                                                                                    \
   Feature::feature,                                                                                         \
   constant,                                                                                                 \
   Feature::constant_feature},
#include "vm/isa/opcodes.def"
    {"invalid", "", 0, 0, OpClass::special, ImmediateKind::none, 0, 0, Feature::mvp, false, Feature::mvp},
}};

constexpr const OpcodeInfo& info(Opcode op) { return opcode_infos[static_cast<size_t>(op)]; }

/// Returns whether constant expressions may contain `op` (spec §3.4.13, "Constant Expressions").
constexpr bool is_constant(Opcode op, const Features& features) {
  return info(op).is_constant && features.has(info(op).constant_feature);
}

/// Returns the instructions with codes 0 … N-1 after one prefix, indexed by code.
template <size_t N> constexpr std::array<Opcode, N> make_opcode_table(uint8_t prefix) {
  std::array<Opcode, N> table{};
  for (Opcode& op : table) op = Opcode::invalid;
  for (size_t i = 0; i < opcode_count; ++i)
    if (opcode_infos[i].prefix == prefix) table[opcode_infos[i].code] = static_cast<Opcode>(i);
  return table;
}
inline constexpr std::array<Opcode, 0x100> one_byte_opcodes = make_opcode_table<0x100>(0);
inline constexpr std::array<Opcode, 0x1f> gc_opcodes = make_opcode_table<0x1f>(0xfb);
inline constexpr std::array<Opcode, 0x12> bulk_opcodes = make_opcode_table<0x12>(0xfc);
inline constexpr std::array<Opcode, 0x114> simd_opcodes = make_opcode_table<0x114>(0xfd);

constexpr bool is_prefix(uint8_t byte) { return byte >= 0xfb && byte <= 0xfd; }

/// Returns the instruction with this prefix (0 for none) and code, or Opcode::invalid if there is no such
/// instruction.
constexpr Opcode find_opcode(uint8_t prefix, uint32_t code) {
  const auto in = [code](const auto& table) { return code < table.size() ? table[code] : Opcode::invalid; };
  switch (prefix) {
  case 0: return in(one_byte_opcodes);
  case 0xfb: return in(gc_opcodes);
  case 0xfc: return in(bulk_opcodes);
  case 0xfd: return in(simd_opcodes);
  default: return Opcode::invalid;
  }
}

} // namespace skerry::vm
