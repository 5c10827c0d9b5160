#include "vm/wat/expression_parser.hpp"

#include "vm/wat/keywords.hpp"

namespace skerry::vm::wat {

void ExpressionParser::parse_sequence() {
  while (cursor_.ok()) {
    bool at_end = cursor_.at(TokenKind::eof) || (frames_.empty() && cursor_.at(TokenKind::rparen));
    if (at_end) break;
    step();
  }
  if (!frames_.empty()) cursor_.fail_unexpected("the end of a block");
}

void ExpressionParser::parse_folded() {
  if (!cursor_.at(TokenKind::lparen)) return cursor_.fail_unexpected("a folded instruction");
  do step();
  while (cursor_.ok() && !frames_.empty());
}

void ExpressionParser::step() {
  if (cursor_.at(TokenKind::lparen)) return open();
  if (cursor_.at(TokenKind::rparen)) return close();
  if (!takes_flat_instructions()) return cursor_.fail_unexpected("`(` or `)`");
  flat_instruction();
}

bool ExpressionParser::takes_flat_instructions() const {
  if (frames_.empty()) return true;
  FrameKind kind = frames_.back().kind;
  return kind == FrameKind::flat_block || kind == FrameKind::flat_if || kind == FrameKind::folded_block ||
         kind == FrameKind::folded_then || kind == FrameKind::folded_else;
}

void ExpressionParser::push(FrameKind kind, size_t pending, uint32_t place, IdOffset label) {
  if (frames_.size() >= max_nesting)
    return cursor_.fail("nesting too deep, the limit is " + std::to_string(max_nesting));
  frames_.push_back({kind, pending, label, place});
}

void ExpressionParser::emit_pending(const Frame& frame) {
  note(frame.place);
  out_.bytes(std::span(pending_.view()).subspan(frame.pending));
  pending_.truncate(frame.pending);
}

/// Handles a `(` token at the cursor.
void ExpressionParser::open() {
  if (!frames_.empty()) {
    FrameKind kind = frames_.back().kind;
    if (kind == FrameKind::folded_if && cursor_.at_open("then")) return open_then();
    if (kind == FrameKind::folded_before_else && cursor_.at_open("else")) return open_else();
    if (kind == FrameKind::folded_before_else || kind == FrameKind::folded_after_else)
      return cursor_.fail_unexpected("`)`");
  }
  bool keyword = cursor_.peek(1).kind == TokenKind::keyword;
  Opcode op = keyword ? find_instruction(cursor_.word(1)) : Opcode::invalid;
  if (op == Opcode::invalid || op == Opcode::end || op == Opcode::else_)
    return cursor_.fail_unexpected("an instruction");
  cursor_.advance();
  const uint32_t place = cursor_.peek().begin;
  cursor_.advance();
  if (op == Opcode::if_) return begin_folded_if(place);
  if (op == Opcode::block || op == Opcode::loop || op == Opcode::try_table)
    return begin_block(op, true, place);
  const size_t start = pending_.size();
  immediates_.parse(op, pending_);
  push(FrameKind::folded_plain, start, place);
}

/// Handles a `)` token at the cursor.
void ExpressionParser::close() {
  if (frames_.empty()) return cursor_.fail_unexpected("an instruction");
  Frame& frame = frames_.back();
  switch (frame.kind) {
  case FrameKind::flat_block:
  case FrameKind::flat_if: return cursor_.fail_unexpected("`end`");
  case FrameKind::folded_if: return cursor_.fail_unexpected("`(then`");
  case FrameKind::folded_then:
  case FrameKind::folded_else:
    frame.kind =
        frame.kind == FrameKind::folded_then ? FrameKind::folded_before_else : FrameKind::folded_after_else;
    return cursor_.advance();
  case FrameKind::folded_plain: emit_pending(frame); break;
  case FrameKind::folded_block:
  case FrameKind::folded_before_else:
  case FrameKind::folded_after_else:
    note(cursor_.peek().begin);
    write_opcode(out_, Opcode::end);
    function_.labels.pop();
    break;
  }
  frames_.pop_back();
  cursor_.advance();
}

void ExpressionParser::begin_block(Opcode op, bool folded, uint32_t place) {
  const IdOffset label = cursor_.take_id();
  note(place);
  write_opcode(out_, op);
  immediates_.parse_block_type(out_);
  if (op == Opcode::try_table) immediates_.parse_catches(out_); // the clauses are outside the block
  function_.labels.push(label);
  FrameKind flat = op == Opcode::if_ ? FrameKind::flat_if : FrameKind::flat_block;
  push(folded ? FrameKind::folded_block : flat, pending_.size(), place);
}

void ExpressionParser::begin_folded_if(uint32_t place) {
  const IdOffset label = cursor_.take_id();
  const size_t start = pending_.size();
  write_opcode(pending_, Opcode::if_);
  immediates_.parse_block_type(pending_);
  push(FrameKind::folded_if, start, place, label);
}

void ExpressionParser::open_then() {
  Frame& frame = frames_.back();
  emit_pending(frame);
  function_.labels.push(frame.label);
  frame.kind = FrameKind::folded_then;
  cursor_.advance();
  cursor_.advance();
}

void ExpressionParser::open_else() {
  note(cursor_.peek(1).begin);
  write_opcode(out_, Opcode::else_);
  frames_.back().kind = FrameKind::folded_else;
  cursor_.advance();
  cursor_.advance();
}

void ExpressionParser::flat_instruction() {
  Opcode op = cursor_.at(TokenKind::keyword) ? find_instruction(cursor_.word()) : Opcode::invalid;
  if (op == Opcode::invalid) return cursor_.fail_unexpected("an instruction");
  const uint32_t place = cursor_.peek().begin;
  if (op == Opcode::else_) return flat_else();
  if (op == Opcode::end) return flat_end();
  cursor_.advance();
  bool is_block = op == Opcode::block || op == Opcode::loop || op == Opcode::if_ || op == Opcode::try_table;
  if (is_block) return begin_block(op, false, place);
  note(place);
  immediates_.parse(op, out_);
}

void ExpressionParser::flat_else() {
  if (frames_.empty() || frames_.back().kind != FrameKind::flat_if)
    return cursor_.fail_unexpected("an instruction");
  note(cursor_.peek().begin);
  cursor_.advance();
  expect_same_label();
  write_opcode(out_, Opcode::else_);
  frames_.back().kind = FrameKind::flat_block;
}

void ExpressionParser::flat_end() {
  bool open = !frames_.empty() &&
              (frames_.back().kind == FrameKind::flat_if || frames_.back().kind == FrameKind::flat_block);
  if (!open) return cursor_.fail_unexpected("an instruction");
  note(cursor_.peek().begin);
  cursor_.advance();
  expect_same_label();
  write_opcode(out_, Opcode::end);
  function_.labels.pop();
  frames_.pop_back();
}

/// Parses the label after `else` or `end`, which is optional but must be that of the block.
void ExpressionParser::expect_same_label() {
  const Token where = cursor_.peek();
  const IdOffset label = cursor_.take_id();
  if (label != no_id && !function_.labels.is_innermost(label))
    cursor_.fail_at(where, "mismatching label " + excerpt(cursor_.spelling(where)));
}

} // namespace skerry::vm::wat
