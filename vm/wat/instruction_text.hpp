// Prints a module's instructions in the flat text format.
#pragma once

#include "vm/base/byte_reader.hpp"
#include "vm/isa/instruction.hpp"
#include "vm/module/module.hpp"
#include "vm/wat/label_names.hpp"
#include "vm/wat/name_table.hpp"
#include "vm/wat/type_text.hpp"

#include <string>

namespace skerry::vm::wat {

class InstructionText {
public:
  InstructionText(const Module& module, const NameTable& names, const TypeText& types)
      : module_(module), names_(names), types_(types) {}

  /// Prints the instructions of a body up to its final `end`, one per line and indented.
  void append_body(ByteReader& reader, uint32_t function, TextSink& out) const;
  /// Prints a constant expression on one line, without its `end`.
  void const_expr(const ConstExpr& expression, TextSink& out) const;

private:
  static constexpr uint32_t no_function = ~uint32_t{0};

  void line(const Instruction& instr, uint32_t function, const LabelNames& labels, TextSink& out) const;
  std::string immediates(const Instruction& instr, uint32_t function) const;
  void block_text(const BlockType& block, TextSink& out) const;
  std::string memarg_text(const Instruction& instr) const;
  static void br_table_text(const BrTableTargets& targets, const LabelNames& labels, TextSink& out);
  void catches_text(Catches clauses, const LabelNames& labels, TextSink& out) const;
  void select_types_text(const Instruction& instr, TextSink& out) const;
  std::string ref_type(HeapType heap, bool nullable) const;
  /// Returns ` $name` or ` index`.
  std::string space(NameKind kind, uint32_t index) const { return " " + types_.index(kind, index); }
  /// Returns the same, but an empty string for index 0, which the text format allows to be left out.
  std::string space_or_zero(NameKind kind, uint32_t index) const {
    return index == 0 ? "" : space(kind, index);
  }
  /// Returns both indices, or an empty string if both are 0.
  std::string both_or_zero(NameKind kind, uint32_t first, uint32_t second) const;
  std::string local_text(uint32_t function, uint32_t index) const;

  const Module& module_;
  const NameTable& names_;
  const TypeText& types_;
};

} // namespace skerry::vm::wat
