// The translator's intermediate form: a list of three-address operations over frame slots, between the
// symbolic pass over the wasm body and the assignment of VM registers.
#pragma once

#include "skerry/types.hpp"
#include "vm/code/handler_table.hpp"
#include "vm/code/simd_kinds.hpp"
#include "vm/isa/opcode.hpp"

#include <cstdint>
#include <vector>

namespace skerry::vm {

enum class Operation : uint8_t {
#define OPERATION(name, d, a, b, c, pseudo) name,
#include "vm/code/ops.def"
};

/// Classes of the operands d, a, b, c, as in ops.def.
struct OperandClasses {
  char d, a, b, c;
};
inline constexpr OperandClasses operation_classes[] = {
#define OPERATION(name, d, a, b, c, pseudo) {d, a, b, c},
#include "vm/code/ops.def"
};
inline constexpr const char* operation_names[] = {
#define OPERATION(name, d, a, b, c, pseudo) #name,
#include "vm/code/ops.def"
};

struct Operand {
  enum class Where : uint8_t { none, slot, constant, int_register, vector_register };
  Where where = Where::none;
  uint32_t index = 0; // slot, or register from 0 on
  uint64_t value = 0; // constant

  static Operand slot(uint32_t index) { return {Where::slot, index, 0}; }
  static Operand constant(uint64_t value) { return {Where::constant, 0, value}; }
  bool is_slot() const { return where == Where::slot; }
  bool is_constant() const { return where == Where::constant; }
  bool is_slot(uint32_t i) const { return is_slot() && index == i; }
  bool same_slot(const Operand& other) const { return is_slot() && other.is_slot(index); }
};

inline constexpr uint32_t no_label = ~uint32_t{0};

struct Ir {
  Operation operation = Operation::nop;
  AddressMode mode = AddressMode::plain; // load, store
  Compare compare = Compare::eq;         // branch_if, count_branch
  bool wide = false;                     // 64-bit: comparisons, float moves and returns; two slots: vselect
  bool negate = false;                   // branch_if_float
  bool scaled = false;                   // load, store: b is shifted by the access's size
  bool back = false;                     // branches: to a loop's head
  bool keep = false;                     // d is read where control flow joins: it must be in its slot
  uint8_t depth = 0;                     // of loops, for weights; saturating
  Opcode row = Opcode::invalid;
  Operand d{}, a{}, b{}, c{};
  int64_t imm = 0, imm2 = 0;
  uint32_t count = 0;        // of slots or targets
  uint32_t label = no_label; // or index of the branch table
  int32_t charge = 0;
  // For errors: the wasm instruction this is part of, and fuel owed when it runs
  uint32_t offset = 0;
  int32_t pending = 0;

  OperandClasses classes() const;
  /// Control does not simply go on behind it.
  bool is_store() const { return operation == Operation::store || operation == Operation::stack_op; }
  bool is_call() const { return operation >= Operation::call && operation <= Operation::call_ref; }
};

/// Class of a value: vectors and floats live in vector registers.
constexpr char class_of(char letter) { return letter == 'i' || letter == 'I' ? 'i' : 'v'; }

inline OperandClasses Ir::classes() const {
  OperandClasses classes = operation_classes[static_cast<size_t>(operation)];
  if (classes.d != 'r' && classes.a != 'r' && classes.b != 'r' && classes.c != 'r') return classes;
  if (is_slots_only(row)) {
    for (char* one : {&classes.d, &classes.a, &classes.b, &classes.c})
      if (*one == 'r') *one = 's';
    return classes;
  }
  const std::string_view signature = info(row).signature;
  const size_t arrow = signature.find('>');
  if (classes.d == 'r') classes.d = class_of(signature[arrow + 1]);
  if (classes.a == 'r') classes.a = class_of(signature[0]);
  if (classes.b == 'r') classes.b = class_of(signature[1]);
  if (classes.c == 'r') classes.c = class_of(signature[arrow - 1]); // the value of a store
  return classes;
}

struct BranchTarget {
  uint32_t label;
  int32_t charge;
};

/// Everything the first stage leaves to the second.
struct IrFunction {
  std::vector<Ir> code;
  std::vector<std::vector<BranchTarget>> branch_tables;
  uint32_t labels = 0;
  uint32_t func_index = 0;
  uint32_t link_slot = 0;
  uint32_t param_slots = 0;
  uint32_t first_temp = 0; // slots from here on are operands
  uint32_t frame_slots = 0;
  struct Local {
    uint32_t slot;
    ValType type;
  };
  std::vector<Local> locals;
};

} // namespace skerry::vm
