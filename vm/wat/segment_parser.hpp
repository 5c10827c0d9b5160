// Parses element and data segments, which are fields of the module or inline in tables and memories.
#pragma once

#include "vm/wat/const_expression_parser.hpp"
#include "vm/wat/module_sections.hpp"

#include <cstdint>

namespace skerry::vm::wat {

class SegmentParser {
public:
  SegmentParser(Cursor& cursor, ModuleContext& context, ModuleSections& sections)
      : cursor_(cursor), context_(context), sections_(sections), constant_(cursor, context) {}

  // parse_elem() and parse_data() begin after the field's keyword and stop before its closing parenthesis.
  void parse_elem();
  void parse_data();
  // These functions parse an inline segment, and write the segment and its table or memory. The cursor must
  // be at `(elem …)`, or at the strings of `(data …)`.
  void parse_inline_elem(uint32_t table, ValType type, bool is_64);
  void parse_inline_data(uint32_t memory, bool is_64);

private:
  uint64_t parse_element_list(ByteWriter& list, ValType& type, bool& expressions, bool allow_bare);
  void parse_strings(ByteWriter& out);
  uint64_t size_of_strings();
  void parse_offset(ByteWriter& out);
  uint32_t old_index();
  static void write_zero_offset(ByteWriter& out, bool is_64);

  Cursor& cursor_;
  ModuleContext& context_;
  ModuleSections& sections_;
  ConstExpressionParser constant_;
};

} // namespace skerry::vm::wat
