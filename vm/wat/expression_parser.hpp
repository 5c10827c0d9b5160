// Instruction sequences, flat and folded, straight into binary code (spec §6.5).
#pragma once

#include "vm/base/byte_writer.hpp"
#include "vm/wat/cursor.hpp"
#include "vm/wat/function_context.hpp"
#include "vm/wat/immediate_parser.hpp"
#include "vm/wat/module_context.hpp"

#include <cstddef>
#include <vector>

namespace skerry::vm::wat {

/// How deep blocks and folded instructions may nest.
inline constexpr size_t max_nesting = 100'000;

/// Keeps what is open on a stack of its own, never on the host's.
class ExpressionParser {
public:
  ExpressionParser(Cursor& cursor, ModuleContext& module, FunctionContext& function, ByteWriter& out)
      : cursor_(cursor), function_(function), immediates_(cursor, module, function), out_(out) {}

  /// Instructions up to the closing parenthesis that belongs to none of them. Writes no final `end`.
  void parse_sequence();
  /// Exactly one folded instruction: `(…)`.
  void parse_folded();

private:
  enum class FrameKind : uint8_t {
    flat_block,   // ends with `end`
    flat_if,      // the same, or `else`
    folded_block, // ends with `)`, as all below
    folded_plain, // its code is in pending_: it comes behind its operands
    folded_if,    // the condition's instructions; `if` and its type are in pending_
    folded_then,
    folded_before_else, // between `(then …)` and `(else …)`
    folded_else,
    folded_after_else,
  };
  struct Frame {
    FrameKind kind;
    size_t pending; // where its bytes begin in pending_
    IdOffset label; // folded_if: pushed when `then` begins
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
  void begin_block(Opcode op, bool folded);
  void begin_folded_if();
  void push(FrameKind kind, size_t pending, IdOffset label = no_id);
  void emit_pending(size_t from);
  bool takes_flat_instructions() const;

  Cursor& cursor_;
  FunctionContext& function_;
  ImmediateParser immediates_;
  ByteWriter& out_;
  std::vector<Frame> frames_;
  ByteWriter pending_;
};

} // namespace skerry::vm::wat
