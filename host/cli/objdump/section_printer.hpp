// Prints the sections of a module as text: their positions (objdump -h), their contents (-x) and the
// instructions of functions (-d), in the format of wasm-objdump.
#pragma once

#include "host/cli/objdump/function_names.hpp"
#include "vm/module/module.hpp"
#include "vm/wat/instruction_text.hpp"
#include "vm/wat/name_table.hpp"
#include "vm/wat/text_sink.hpp"
#include "vm/wat/type_text.hpp"

#include <cstdint>
#include <string>

namespace skerry::host::cli::objdump {

/// Prints a module that is decoded but need not be valid. All text goes to `out`. Printing stops when `out`
/// is closed.
class SectionPrinter {
public:
  SectionPrinter(const vm::Module& module, const FunctionNames& functions, vm::wat::TextSink& out);

  void print_headers();
  void print_details();
  /// Prints the offsets, bytes and text of a defined function's instructions.
  void print_instructions(uint32_t function);

private:
  void print_header(uint8_t id, vm::ByteReader content, uint64_t start);
  void print_types();
  void print_imports();
  void print_functions();
  void print_tables();
  void print_memories();
  void print_tags();
  void print_globals();
  void print_exports();
  void begin_segment(uint32_t index, vm::SegmentMode mode, const std::string& where,
                     const vm::ConstExpr& offset);
  void print_elem_segments();
  void print_bodies();
  void print_data_segments();
  void print_custom_sections();
  void title(std::string_view name, size_t count);
  std::string list(const vm::TypeList& types) const;
  std::string signature(uint32_t type) const;
  std::string extern_text(const vm::Import& import) const;
  void print_locals(vm::ByteReader& reader, uint32_t function);
  void print_bytes(uint32_t start, uint32_t end);
  void print_instruction(const vm::Instruction& instr, uint32_t end, uint32_t depth);

  const vm::Module& module_;
  const FunctionNames& functions_;
  vm::wat::TextSink& out_;
  vm::wat::NameTable no_names_;
  vm::wat::ModuleTypes all_types_;
  vm::wat::TypeText types_;
  vm::wat::InstructionText instructions_;
};

} // namespace skerry::host::cli::objdump
