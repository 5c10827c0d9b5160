#include "vm/wat/immediate_parser.hpp"

#include "skerry/printable.hpp"

#include "vm/isa/instruction.hpp"
#include "vm/wat/lexer.hpp"
#include "vm/wat/number.hpp"
#include "vm/wat/type_parser.hpp"

#include <bit>

namespace skerry::vm::wat {

namespace {

constexpr uint32_t memarg_has_memory = 0x40;

/// If the next token begins with `key`, which is "offset=" or "align=", consumes the token and returns its
/// number.
std::optional<uint64_t> take_key_value(Cursor& cursor, std::string_view key) {
  if (!cursor.at(TokenKind::keyword) || !cursor.word().starts_with(key)) return std::nullopt;
  std::string_view digits = cursor.word().substr(key.size());
  if (!is_integer(digits) || digits[0] == '+' || digits[0] == '-') {
    cursor.fail_unexpected("a number after " + std::string(key));
    return std::nullopt;
  }
  auto value = parse_unsigned(digits, 64);
  if (!value) {
    cursor.fail("i64 constant out of range");
    return std::nullopt;
  }
  cursor.advance();
  return value;
}

} // namespace

void write_opcode(ByteWriter& out, Opcode op) {
  const OpcodeInfo& row = info(op);
  if (row.prefix == 0) return out.u8(static_cast<uint8_t>(row.code));
  out.u8(row.prefix);
  out.leb_u32(row.code);
}

uint64_t parse_int_literal(Cursor& cursor, unsigned bits) {
  if (!cursor.at(TokenKind::integer)) {
    cursor.fail_unexpected("an integer");
    return 0;
  }
  auto value = parse_integer(cursor.word(), bits);
  if (!value) {
    cursor.fail("constant out of range");
    return 0;
  }
  cursor.advance();
  return *value;
}

uint64_t parse_float_literal(Cursor& cursor, unsigned bits) {
  if (!cursor.at(TokenKind::integer) && !cursor.at(TokenKind::floating)) {
    cursor.fail_unexpected("a number");
    return 0;
  }
  std::optional<uint64_t> value;
  if (bits == 32) {
    value = parse_f32(cursor.word());
  } else {
    value = parse_f64(cursor.word());
  }
  if (!value) {
    cursor.fail("constant out of range");
    return 0;
  }
  cursor.advance();
  return *value;
}

Shape find_shape(std::string_view word) {
  struct NamedShape {
    std::string_view name;
    Shape shape;
  };
  constexpr NamedShape shapes[] = {{"i8x16", {16, 8, false}}, {"i16x8", {8, 16, false}},
                                   {"i32x4", {4, 32, false}}, {"i64x2", {2, 64, false}},
                                   {"f32x4", {4, 32, true}},  {"f64x2", {2, 64, true}}};
  for (const NamedShape& named : shapes)
    if (named.name == word) return named.shape;
  return {};
}

std::array<uint8_t, 16> parse_v128_literal(Cursor& cursor) {
  std::array<uint8_t, 16> bytes{};
  Shape shape = cursor.at(TokenKind::keyword) ? find_shape(cursor.word()) : Shape{};
  if (shape.lanes == 0) {
    cursor.fail_unexpected("a vector shape");
    return bytes;
  }
  cursor.advance();
  Cursor ahead = cursor; // counts first: a wrong count is reported before a wrong literal
  uint32_t count = 0;
  while (count <= shape.lanes && (ahead.at(TokenKind::integer) || ahead.at(TokenKind::floating)))
    ahead.advance(), ++count;
  const bool is_other_literal = ahead.at(TokenKind::reserved) || ahead.at(TokenKind::keyword);
  if (count > shape.lanes || (count < shape.lanes && !is_other_literal)) {
    cursor.fail("wrong number of lane literals, expected " + std::to_string(shape.lanes));
    return bytes;
  }
  for (unsigned lane = 0; lane < shape.lanes; ++lane) {
    uint64_t value =
        shape.is_float ? parse_float_literal(cursor, shape.bits) : parse_int_literal(cursor, shape.bits);
    for (unsigned i = 0; i < shape.bits / 8; ++i)
      bytes[lane * shape.bits / 8 + i] = static_cast<uint8_t>(value >> (8 * i));
  }
  return bytes;
}

void ImmediateParser::parse(Opcode op, ByteWriter& out) {
  using enum ImmediateKind;
  ImmediateKind kind = info(op).immediate;
  // These names stand for two opcodes each, and the immediates decide which one is written.
  if (op == Opcode::select) return parse_select(out);
  if (op == Opcode::ref_test || op == Opcode::ref_cast) return parse_ref_test_or_cast(op, out);
  write_opcode(out, op);
  switch (kind) {
  case none: break;
  case label: out.leb_u32(parse_label()); break;
  case br_table: parse_br_table(out); break;
  case func: out.leb_u32(index(module_.funcs)); break;
  case type: out.leb_u32(index(module_.types)); break;
  case type_table: parse_call_indirect(out); break;
  case tag: out.leb_u32(index(module_.tags)); break;
  case local: out.leb_u32(index(function_.locals)); break;
  case global: out.leb_u32(index(module_.globals)); break;
  case table: out.leb_u32(optional_index(module_.tables)); break;
  case table_table: parse_optional_two(module_.tables, out); break;
  case elem_table: parse_segment_of(module_.tables, module_.elems, out); break;
  case elem: out.leb_u32(index(module_.elems)); break;
  case data:
    module_.uses_data_count = true;
    out.leb_u32(index(module_.datas));
    break;
  case memory: out.leb_u32(optional_index(module_.memories)); break;
  case memory_memory: parse_optional_two(module_.memories, out); break;
  case data_memory:
    module_.uses_data_count = true;
    parse_segment_of(module_.memories, module_.datas, out);
    break;
  case memarg: parse_memarg(op, out); break;
  case memarg_lane:
    parse_memarg(op, out);
    out.u8(parse_lane());
    break;
  case lane: out.u8(parse_lane()); break;
  case lanes16: parse_shuffle(out); break;
  case i32: out.leb_s32(static_cast<int32_t>(parse_int_literal(cursor_, 32))); break;
  case i64: out.leb_s64(static_cast<int64_t>(parse_int_literal(cursor_, 64))); break;
  case f32: out.fixed_u32(static_cast<uint32_t>(parse_float_literal(cursor_, 32))); break;
  case f64: out.fixed_u64(parse_float_literal(cursor_, 64)); break;
  case v128: parse_v128(out); break;
  case heap_type: write_heap_type(out, parse_heap_type(cursor_, module_)); break;
  case cast: parse_br_on_cast(out); break;
  case type_field: parse_type_field(out); break;
  case type_count:
    out.leb_u32(index(module_.types));
    out.leb_u32(cursor_.expect_u32());
    break;
  case type_data:
    module_.uses_data_count = true;
    parse_two(module_.types, module_.datas, out);
    break;
  case type_elem: parse_two(module_.types, module_.elems, out); break;
  case type_type: parse_two(module_.types, module_.types, out); break;
  case block_type:
  case try_table:
  case select_types: break; // handled elsewhere: see parse_block_type and parse_select
  }
}

uint32_t ImmediateParser::parse_label() {
  if (!cursor_.at(TokenKind::id)) {
    if (cursor_.at(TokenKind::integer)) return cursor_.expect_u32();
    cursor_.fail_unexpected("a label");
    return 0;
  }
  auto depth = function_.labels.depth(cursor_.peek().begin);
  if (!depth) {
    cursor_.fail("unknown label " + excerpt(cursor_.word()));
    return 0;
  }
  cursor_.advance();
  return *depth;
}

void ImmediateParser::parse_block_type(ByteWriter& out) {
  const Token where = cursor_.peek();
  parse_type_use(cursor_, module_, use_, false);
  const Signature& type = use_.signature;
  const bool is_short = !use_.index && type.params == 0 && type.results <= 1;
  if (!is_short) return out.leb_s33(resolve_type_use(cursor_, module_, use_, where));
  if (type.results == 0) return out.u8(empty_block_type);
  out.bytes(type.result_types.view());
}

void ImmediateParser::parse_catches(ByteWriter& out) {
  struct Clause {
    std::string_view name;
    uint8_t code;
    bool has_tag;
  };
  constexpr Clause clauses[] = {
      {"catch", 0, true}, {"catch_ref", 1, true}, {"catch_all", 2, false}, {"catch_all_ref", 3, false}};
  uint32_t count = 0;
  ByteWriter list;
  auto take_clause = [&] {
    for (const Clause& clause : clauses) {
      if (!cursor_.take_open(clause.name)) continue;
      list.u8(clause.code);
      if (clause.has_tag) list.leb_u32(index(module_.tags));
      list.leb_u32(parse_label());
      cursor_.expect_close();
      return true;
    }
    return false;
  };
  while (take_clause()) ++count;
  out.leb_u32(count);
  out.bytes(list.view());
}

void ImmediateParser::parse_segment_of(const IndexSpace& owner, const IndexSpace& segment, ByteWriter& out) {
  TokenKind second = cursor_.peek(1).kind;
  bool both = cursor_.at_index() && (second == TokenKind::id || second == TokenKind::integer);
  uint32_t owner_index = both ? index(owner) : 0;
  out.leb_u32(index(segment));
  out.leb_u32(owner_index);
}

void ImmediateParser::parse_two(const IndexSpace& first, const IndexSpace& second, ByteWriter& out) {
  out.leb_u32(index(first));
  out.leb_u32(index(second));
}

void ImmediateParser::parse_optional_two(const IndexSpace& space, ByteWriter& out) {
  if (cursor_.at_index()) return parse_two(space, space, out);
  out.leb_u32(0);
  out.leb_u32(0);
}

void ImmediateParser::parse_br_table(ByteWriter& out) {
  ByteWriter labels;
  uint32_t count = 0;
  for (; count == 0 || cursor_.at_index(); ++count) labels.leb_u32(parse_label());
  out.leb_u32(count - 1);
  out.bytes(labels.view());
}

void ImmediateParser::parse_call_indirect(ByteWriter& out) {
  uint32_t table = optional_index(module_.tables);
  const Token where = cursor_.peek();
  parse_type_use(cursor_, module_, use_, false);
  out.leb_u32(resolve_type_use(cursor_, module_, use_, where));
  out.leb_u32(table);
}

void ImmediateParser::parse_type_field(ByteWriter& out) {
  uint32_t type = index(module_.types);
  out.leb_u32(type);
  out.leb_u32(parse_field_index(cursor_, module_, type));
}

void ImmediateParser::parse_memarg(Opcode op, ByteWriter& out) {
  // In a lane instruction, the first number is the memory only if `offset=`, `align=` or another number
  // follows. Otherwise the first number is the lane.
  bool has_lane = info(op).immediate == ImmediateKind::memarg_lane;
  std::string_view next = cursor_.word(1);
  bool number_is_memory = !has_lane || cursor_.peek(1).kind == TokenKind::integer ||
                          next.starts_with("offset=") || next.starts_with("align=");
  bool has_memory = cursor_.at(TokenKind::id) || (cursor_.at(TokenKind::integer) && number_is_memory);
  uint32_t memory = has_memory ? index(module_.memories) : 0;
  uint64_t offset = take_key_value(cursor_, "offset=").value_or(0);
  const Token where = cursor_.peek();
  uint64_t align = take_key_value(cursor_, "align=").value_or(info(op).access_bytes);
  if (!std::has_single_bit(align)) cursor_.fail_at(where, "alignment must be a power of two");
  auto flags = static_cast<uint32_t>(std::countr_zero(align | uint64_t{1} << 63));
  out.leb_u32(memory != 0 ? flags | memarg_has_memory : flags);
  if (memory != 0) out.leb_u32(memory);
  out.leb_u64(offset);
}

uint8_t ImmediateParser::parse_lane() {
  return static_cast<uint8_t>(cursor_.expect_unsigned(8, "i8 constant out of range"));
}

void ImmediateParser::parse_shuffle(ByteWriter& out) {
  constexpr uint32_t lanes = 16;
  uint32_t count = 0;
  for (; cursor_.at(TokenKind::integer) || cursor_.at(TokenKind::floating); ++count) {
    auto lane = cursor_.at(TokenKind::integer) ? parse_unsigned(cursor_.word(), 8) : std::nullopt;
    if (!lane) cursor_.fail("i8 constant out of range");
    out.u8(static_cast<uint8_t>(lane.value_or(0)));
    cursor_.advance();
  }
  if (count == lanes) return;
  if (cursor_.at(TokenKind::keyword) || cursor_.at(TokenKind::reserved))
    return cursor_.fail_unexpected("a lane index");
  cursor_.fail("invalid lane length, expected 16 lane indices");
}

void ImmediateParser::parse_v128(ByteWriter& out) {
  for (uint8_t byte : parse_v128_literal(cursor_)) out.u8(byte);
}

void ImmediateParser::parse_select(ByteWriter& out) {
  if (!cursor_.at_open("result")) return write_opcode(out, Opcode::select);
  Signature types;
  parse_func_signature(cursor_, module_, types, false);
  write_opcode(out, Opcode::select_t);
  out.leb_u32(types.results);
  out.bytes(types.result_types.view());
}

void ImmediateParser::parse_ref_test_or_cast(Opcode op, ByteWriter& out) {
  ValType type = parse_ref_type(cursor_, module_);
  if (type.is_nullable()) op = op == Opcode::ref_test ? Opcode::ref_test_null : Opcode::ref_cast_null;
  write_opcode(out, op);
  write_heap_type(out, type.heap());
}

void ImmediateParser::parse_br_on_cast(ByteWriter& out) {
  uint32_t label = parse_label();
  ValType from = parse_ref_type(cursor_, module_);
  ValType to = parse_ref_type(cursor_, module_);
  out.u8(static_cast<uint8_t>(from.is_nullable() | to.is_nullable() << 1));
  out.leb_u32(label);
  write_heap_type(out, from.heap());
  write_heap_type(out, to.heap());
}

} // namespace skerry::vm::wat
