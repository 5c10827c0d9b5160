// Parses the immediates that follow an instruction's name (spec §6.5). The opcode table lists their kinds.
#pragma once

#include "vm/base/byte_writer.hpp"
#include "vm/isa/opcode.hpp"
#include "vm/wat/cursor.hpp"
#include "vm/wat/function_context.hpp"
#include "vm/wat/module_context.hpp"
#include "vm/wat/type_parser.hpp"

namespace skerry::vm::wat {

class ImmediateParser {
public:
  ImmediateParser(Cursor& cursor, ModuleContext& module, FunctionContext& function)
      : cursor_(cursor), module_(module), function_(function) {}

  /// Parses the immediates of `op` and writes its opcode and the immediates. The cursor must be after the
  /// instruction's name. Not for instructions that open a block.
  void parse(Opcode op, ByteWriter& out);
  /// Parses the block type of `block`, `loop`, `if` or `try_table`. The cursor must be after the label.
  void parse_block_type(ByteWriter& out);
  /// Parses the catch clauses of a try_table.
  void parse_catches(ByteWriter& out);

private:
  uint32_t parse_label();
  uint32_t index(const IndexSpace& space) { return parse_index(cursor_, space, module_.names); }
  uint32_t optional_index(const IndexSpace& space) { return cursor_.at_index() ? index(space) : 0; }
  /// Parses `owner segment` or only `segment`. The owner is the table or memory that the instruction
  /// accesses; if the text leaves it out, its index is 0.
  void parse_segment_of(const IndexSpace& owner, const IndexSpace& segment, ByteWriter& out);
  void parse_two(const IndexSpace& first, const IndexSpace& second, ByteWriter& out);
  void parse_optional_two(const IndexSpace& space, ByteWriter& out);
  void parse_br_table(ByteWriter& out);
  void parse_call_indirect(ByteWriter& out);
  void parse_type_field(ByteWriter& out);
  void parse_memarg(Opcode op, ByteWriter& out);
  uint8_t parse_lane();
  void parse_shuffle(ByteWriter& out);
  void parse_v128(ByteWriter& out);
  void parse_select(ByteWriter& out);
  void parse_ref_test_or_cast(Opcode op, ByteWriter& out);
  void parse_br_on_cast(ByteWriter& out);

  Cursor& cursor_;
  ModuleContext& module_;
  FunctionContext& function_;
  TypeUse use_;
};

void write_opcode(ByteWriter& out, Opcode op);

/// Parses the literal of `v128.const`, such as `i32x4 0 1 2 3`, and returns its bytes. Test scripts use this
/// function, too.
std::array<uint8_t, 16> parse_v128_literal(Cursor& cursor);
uint64_t parse_int_literal(Cursor& cursor, unsigned bits);
uint64_t parse_float_literal(Cursor& cursor, unsigned bits);

/// The lanes of a vector shape such as `i32x4`. find_shape() returns lanes == 0 if `word` is not a shape.
struct Shape {
  unsigned lanes = 0;
  unsigned bits = 0;
  bool is_float = false;
};
Shape find_shape(std::string_view word);

} // namespace skerry::vm::wat
