// The translator's intermediate representation: a list of three-address operations on frame slots. Lowering
// (lower/body.hpp) produces the list, register assignment (registers.hpp) changes it, and the emitter
// (emit/emitter.hpp) reads it.
#pragma once

#include "vm/code/handler_table.hpp"
#include "vm/code/layout.hpp"
#include "vm/code/simd_places.hpp"
#include "vm/isa/opcode.hpp"
#include "vm/isa/operand_type.hpp"
#include "vm/translate/arena.hpp"
#include "vm/translate/chunk_list.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::vm {

enum class Operation : uint8_t {
#define OPERATION(name, d, a, b, c, detail, pseudo) name,
#include "vm/code/ops.def"
};

/// Returns whether the operation computes, moves, loads or stores values. Compares positions in the enum, so
/// it relies on the order of ops.def.
constexpr bool computes_value(Operation operation) {
  return operation >= Operation::unary && operation <= Operation::imported_global_set;
}

/// The classes of an operation's operands d, a, b and c. A class is a letter, which ops.def explains: i, v,
/// s, r or -.
struct OperandClasses {
  char d, a, b, c;
};
inline constexpr std::array operation_classes = {
#define OPERATION(name, d, a, b, c, detail, pseudo) OperandClasses{d, a, b, c},
#include "vm/code/ops.def"
};
/// The class of operands of this type. Class v is for values that vector registers hold, which includes f32
/// and f64.
constexpr char class_of(OperandType type) { return is_vector_class(type) ? 'v' : 'i'; }
/// The operand classes of a wasm instruction. The instruction's signature determines them. If an operation
/// has an operand of class r, the operand's class is the one given here for the instruction that the
/// operation implements.
constexpr OperandClasses classes_of_opcode(Opcode opcode) {
  const std::string_view signature = info(opcode).signature;
  if (is_slots_only(opcode)) return {'s', 's', 's', 's'};
  const size_t arrow = signature.find('>');
  if (arrow == std::string_view::npos) return {'-', '-', '-', '-'};
  const auto at = [&](size_t i) { return i < signature.size() ? class_of(OperandType{signature[i]}) : '-'; };
  return {at(arrow + 1), at(0), at(1), at(arrow - 1)}; // c is the value of a store
}
inline constexpr auto opcode_classes = [] {
  std::array<OperandClasses, opcode_count + 1> classes{};
  for (size_t i = 0; i < classes.size(); ++i) classes[i] = classes_of_opcode(static_cast<Opcode>(i));
  return classes;
}();
/// For each operation, a mask over its OperandClasses. The byte of an operand with class r has all bits set,
/// so that Ir::classes takes the class of this operand from opcode_classes. All other bytes are 0.
inline constexpr auto classes_by_opcode = [] {
  std::array<uint32_t, operation_classes.size()> masks{};
  const auto mask = [](char letter) { return static_cast<char>(letter == 'r' ? -1 : 0); };
  for (size_t i = 0; i < masks.size(); ++i) {
    const OperandClasses& c = operation_classes[i];
    masks[i] = std::bit_cast<uint32_t>(OperandClasses{mask(c.d), mask(c.a), mask(c.b), mask(c.c)});
  }
  return masks;
}();
/// An operand of an operation. It takes only three bytes, because a large body has millions of operands.
struct [[gnu::packed]] Operand {
  enum class Where : uint8_t { none, slot, constant, int_register, vector_register };
  uint16_t index = 0; // number of the slot, number of the register, or small constant
  Where where = Where::none;

  static Operand slot(uint32_t index) { return {static_cast<uint16_t>(index), Where::slot}; }
  /// Makes a constant operand. If the constant fits in 16 bits, `small` is the constant. Otherwise the
  /// operation's detail holds the constant (NumberDetail, JumpDetail), and `small` is ignored.
  static Operand constant(uint64_t small = 0) { return {static_cast<uint16_t>(small), Where::constant}; }
  bool is_slot() const { return where == Where::slot; }
  bool is_constant() const { return where == Where::constant; }
  bool is_slot(uint32_t i) const { return is_slot() && index == i; }
  /// For a slot at or after slot `first`, returns its distance from slot `first`. For every other operand,
  /// returns a number greater than the distance of the last slot.
  uint32_t distance_from_slot(uint32_t first) const {
    const auto in_order = [](Where kind, uint32_t number) {
      return uint32_t{std::to_underlying(kind)} << 16 | number;
    };
    return in_order(where, index) - in_order(Where::slot, first);
  }
  bool same_slot(const Operand& other) const { return is_slot() && other.is_slot(index); }
};
static_assert(sizeof(Operand) == 3);

inline constexpr uint32_t no_label = ~uint32_t{0};

/// An operation's detail is its data besides the operands. Each row of ops.def names one of the detail types
/// below. A constant operand with too many bits for Operand::index is kept in the detail; an operation has at
/// most one such constant.
struct NoDetail {};
struct NumberDetail {
  uint64_t constant; // value of the constant operand; 0 if there is none
};
struct LeaDetail {
  uint32_t shift;
};
struct LaneDetail {
  uint32_t first_byte;
};
using BytesDetail = std::array<uint8_t, 16>; // a 128-bit constant, or the lanes of a shuffle
struct SlotsDetail {
  uint32_t first, count;
};
struct CopyDetail {
  uint32_t to, from, count; // slots
};
struct AccessDetail {
  uint32_t end;   // offset + access size
  int32_t addend; // wrapped modes: added to the address before it wraps
};
struct GlobalDetail {
  uint32_t place; // offset in the instance, or index of an imported global
};
struct JumpDetail {
  uint64_t constant; // value of operand b if it is constant, else 0
  uint32_t label;
  int32_t step; // count_branch only
};
struct TableDetail {
  uint32_t table; // index in IrFunction::branch_tables
};
struct CallDetail {
  uint32_t callee; // offset in the instance, or index of an imported function
  uint32_t type;   // type id, for indirect calls
  uint32_t table;  // for indirect calls
  uint32_t frame;  // the slot at which the callee's frame begins
};
struct StackDetail {
  uint16_t first;  // the first slot of the operands, and of the results
  uint16_t slots;  // number of slots that the operands take
  uint32_t index;  // the instruction's first immediate
  uint64_t second; // the second immediate, or the offset of a load or store
};

struct Ir {
  Operation operation = Operation::nop;
  AddressMode mode = AddressMode::plain; // load, store
  Compare compare = Compare::eq;         // branch_if, count_branch
  uint8_t depth = 0;                     // number of enclosing loops, at most 255
  Opcode opcode = Opcode::invalid;
  bool wide : 1 = false;   // 64 bits: comparisons, float moves and returns
  bool pair : 1 = false;   // select_slots: two slots
  bool negate : 1 = false; // branch_if_float
  bool scaled : 1 = false; // load, store: b is shifted by a number of bits that follows from the access size
  bool back : 1 = false;   // branches: the target is a loop header
  bool keep : 1 = false;   // d must stay in its slot, because operations read it there without naming it
  union {                  // the operation's row in ops.def says which member is active
    BytesDetail bytes{};
    NoDetail none;
    NumberDetail number;
    LeaDetail lea;
    LaneDetail lane;
    SlotsDetail slots;
    CopyDetail copy;
    AccessDetail access;
    GlobalDetail global;
    JumpDetail jump;
    TableDetail table;
    CallDetail call;
    StackDetail stack;
  };
  int32_t charge = 0;
  // For errors: the module offset of the wasm instruction that the operation implements, and the fuel owed
  // when the operation runs.
  uint32_t offset = 0;
  int32_t pending = 0;
  Operand d{}, a{}, b{}, c{};

  OperandClasses classes() const;
  /// Returns whether any operand has class s.
  bool has_slot_class() const;
  bool is_call() const { return operation >= Operation::call && operation <= Operation::call_ref; }
};
static_assert(sizeof(Ir) == 48);

inline OperandClasses Ir::classes() const {
  const auto own = std::bit_cast<uint32_t>(operation_classes[static_cast<size_t>(operation)]);
  const auto by_opcode = std::bit_cast<uint32_t>(opcode_classes[static_cast<size_t>(opcode)]);
  const uint32_t mask = classes_by_opcode[static_cast<size_t>(operation)];
  return std::bit_cast<OperandClasses>((own & ~mask) | (by_opcode & mask));
}

namespace detail {
constexpr bool has_slot_class(const OperandClasses& c) {
  return c.d == 's' || c.a == 's' || c.b == 's' || c.c == 's';
}
template <size_t count>
constexpr std::array<bool, count> have_slot_class(const std::array<OperandClasses, count>& classes) {
  std::array<bool, count> have{};
  for (size_t i = 0; i < count; ++i) have[i] = has_slot_class(classes[i]);
  return have;
}
inline constexpr auto operation_has_slot_class = have_slot_class(operation_classes);
inline constexpr auto opcode_has_slot_class = have_slot_class(opcode_classes);
} // namespace detail
inline bool Ir::has_slot_class() const {
  return detail::operation_has_slot_class[static_cast<size_t>(operation)] ||
         detail::opcode_has_slot_class[static_cast<size_t>(opcode)];
}

/// The most instructions that run between two fuel checks. Where the emitter follows jumps (TailDuplication),
/// a few more may run.
inline constexpr int32_t longest_stretch = 1'000;
static_assert(longest_stretch <= std::numeric_limits<decltype(layout::SmallCharge::fuel)>::max(),
              "bulk operations pay what is owed");

struct BranchTarget {
  uint32_t label;
  int32_t charge;
};
struct TargetTable {
  std::span<BranchTarget> targets;
  uint32_t code_offset = no_label; // where the code has the table; no_label before it is emitted
};

/// The function that is being translated: the output of lowering, and the input of the later stages.
struct IrFunction {
  explicit IrFunction(Arena& memory)
      : arena(&memory), code(memory), branch_tables(memory), label_positions(memory), locals(&memory) {}
  Arena* arena;
  ChunkList<Ir, 64> code;
  ChunkList<TargetTable, 64> branch_tables;
  ChunkList<uint32_t, 256> label_positions; // by label: index of its operation in `code`; 0 if unbound
  uint32_t func_index = 0;
  uint32_t link_slot = 0;
  uint32_t param_slots = 0;
  uint32_t first_temp = 0; // the slots from here on belong to the operand stack
  uint32_t frame_slots = 0;
  bool has_loop = false;
  struct Local {
    uint32_t slot;
    OperandType type;
  };
  std::pmr::vector<Local> locals;
};

} // namespace skerry::vm
