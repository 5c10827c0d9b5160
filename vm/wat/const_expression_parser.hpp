// ConstExpressionParser: parses constant expressions, which can use neither locals nor labels.
#pragma once

#include "vm/wat/expression_parser.hpp"

namespace skerry::vm::wat {

/// Writes each expression in binary format, with its final `end`.
class ConstExpressionParser {
public:
  ConstExpressionParser(Cursor& cursor, ModuleContext& context)
      : cursor_(cursor), context_(context), no_function_(context.names) {}

  /// If `out` is the content of a section that keeps places, `section` is this section; otherwise null.
  void parse_sequence(ByteWriter& out, Section* section = nullptr) {
    ExpressionParser(cursor_, context_, no_function_, out, section).parse_sequence();
    write_opcode(out, Opcode::end);
  }
  /// Parses one folded instruction as the whole expression.
  void parse_folded(ByteWriter& out) {
    ExpressionParser(cursor_, context_, no_function_, out, nullptr).parse_folded();
    write_opcode(out, Opcode::end);
  }

private:
  Cursor& cursor_;
  ModuleContext& context_;
  FunctionContext no_function_;
};

} // namespace skerry::vm::wat
