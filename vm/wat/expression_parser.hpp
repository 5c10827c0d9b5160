// Translates sequences of flat and folded instructions directly into binary code (spec §6.5).
#pragma once

#include "vm/base/byte_writer.hpp"
#include "vm/wat/cursor.hpp"
#include "vm/wat/function_context.hpp"
#include "vm/wat/immediate_parser.hpp"
#include "vm/wat/module_context.hpp"
#include "vm/wat/module_sections.hpp"

#include <cstddef>
#include <vector>

namespace skerry::vm::wat {

/// The maximum nesting depth of blocks and folded instructions.
inline constexpr size_t max_nesting = 100'000;

/// Keeps the open blocks and folded instructions on its own stack. It does not recurse, so deeply nested text
/// cannot exhaust the native stack.
class ExpressionParser {
public:
  /// If `out` is the content of a section that keeps places, `section` is this section; otherwise null.
  ExpressionParser(Cursor& cursor, ModuleContext& module, FunctionContext& function, ByteWriter& out,
                   Section* section)
      : cursor_(cursor), function_(function), immediates_(cursor, module, function), out_(out),
        section_(section != nullptr && section->field != nullptr ? section : nullptr) {}

  /// Parses instructions up to, and without, the closing parenthesis of the form that contains them. Writes
  /// no final `end`.
  void parse_sequence();
  /// Parses exactly one folded instruction: `(…)`.
  void parse_folded();

private:
  enum class FrameKind : uint8_t {
    flat_block,   // ends with `end`
    flat_if,      // ends with `end` or `else`
    folded_block, // ends with `)`, as do all below
    folded_plain, // its code is in pending_ until its operands are written
    folded_if,    // reads the condition; `if` and its block type are in pending_
    folded_then,
    folded_before_else, // between `(then …)` and `(else …)`
    folded_else,
    folded_after_else,
  };
  struct Frame {
    FrameKind kind;
    size_t pending; // where the code of this instruction begins in pending_
    IdOffset label; // for folded_if: pushed when `then` begins
    uint32_t place; // offset in the text of the instruction's name
  };

  void step();
  void open();
  void close();
  void open_then();
  void open_else();
  void flat_instruction();
  void flat_else();
  void flat_end();
  void expect_same_label();
  void begin_block(Opcode op, bool folded, uint32_t place);
  void begin_folded_if(uint32_t place);
  void push(FrameKind kind, size_t pending, uint32_t place, IdOffset label = no_id);
  void emit_pending(const Frame& frame);
  /// Notes that the instruction that follows comes from the text at offset `text`.
  void note(uint32_t text) {
    if (section_ != nullptr) section_->note(text);
  }
  bool takes_flat_instructions() const;

  Cursor& cursor_;
  FunctionContext& function_;
  ImmediateParser immediates_;
  ByteWriter& out_;
  Section* section_;
  std::vector<Frame> frames_;
  ByteWriter pending_;
};

} // namespace skerry::vm::wat
