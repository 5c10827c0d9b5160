#include "vm/wat/segment_parser.hpp"

#include "vm/wat/type_parser.hpp"

namespace skerry::vm::wat {

namespace {

constexpr uint8_t elem_kind_func = 0x00; // spec §5.5.12
constexpr uint64_t page_bytes = 65'536;

} // namespace

/// Parses the `(elem …)` in a table definition. The form defines an active segment that fills the table, and
/// the number of its elements is the size of the table.
void SegmentParser::parse_inline_elem(uint32_t table, ValType type, bool is_64) {
  cursor_.expect_open("elem");
  ByteWriter list;
  bool expressions = !cursor_.at_index() && cursor_.more();
  uint64_t count = 0;
  for (; cursor_.more(); ++count) {
    if (!expressions && type == funcref) {
      list.leb_u32(parse_index(cursor_, context_.funcs, context_.names));
    } else if (!expressions) {
      write_opcode(list, Opcode::ref_func);
      list.leb_u32(parse_index(cursor_, context_.funcs, context_.names));
      write_opcode(list, Opcode::end);
    } else if (cursor_.take_open("item")) {
      constant_.parse_sequence(list);
      cursor_.expect_close();
    } else {
      constant_.parse_folded(list);
    }
  }
  cursor_.expect_close();
  expressions |= type != funcref;
  TableType table_type;
  table_type.element = type;
  table_type.limits.min = table_type.limits.max = count;
  table_type.limits.has_max = true;
  table_type.limits.is_64 = is_64;
  write_table_type(sections_.tables.entry(), table_type);

  ByteWriter& out = sections_.elems.entry();
  bool short_form = table == 0 && type == funcref;
  out.leb_u32((expressions ? 4 : 0) | (short_form ? 0 : 2));
  if (!short_form) out.leb_u32(table);
  write_zero_offset(out, is_64);
  if (!short_form && expressions) write_val_type(out, type);
  if (!short_form && !expressions) out.u8(elem_kind_func);
  out.leb_u64(count);
  out.bytes(list.view());
}

/// Parses the strings of the `(data …)` in a memory definition. The form defines an active segment, whose
/// length determines the number of pages.
void SegmentParser::parse_inline_data(uint32_t memory, bool is_64) {
  const uint64_t size = size_of_strings();
  Limits limits;
  limits.min = limits.max = (size + page_bytes - 1) / page_bytes;
  limits.has_max = true;
  limits.is_64 = is_64;
  write_limits(sections_.memories.entry(), limits);
  ByteWriter& out = sections_.datas.entry();
  out.leb_u32(memory == 0 ? 0 : 2);
  if (memory != 0) out.leb_u32(memory);
  write_zero_offset(out, is_64);
  out.leb_u64(size);
  parse_strings(out);
}

/// Parses the index of the table or memory in the form that texts had before segments had names: `(elem 0
/// …)`,
/// `(data 0 …)`. Returns 0 if there is none.
uint32_t SegmentParser::old_index() { return cursor_.at(TokenKind::integer) ? cursor_.expect_u32() : 0; }

void SegmentParser::write_zero_offset(ByteWriter& out, bool is_64) {
  write_opcode(out, is_64 ? Opcode::i64_const : Opcode::i32_const);
  out.leb_s32(0);
  write_opcode(out, Opcode::end);
}

/// Parses a list of function indices or of constant expressions and returns its length. Sets `expressions` to
/// whether the list contains expressions; if it does, sets `type` to their reference type. `allow_bare`
/// permits function indices without the keyword `func`.
uint64_t SegmentParser::parse_element_list(ByteWriter& list, ValType& type, bool& expressions,
                                           bool allow_bare) {
  uint64_t count = 0;
  expressions = at_ref_type(cursor_);
  if (expressions) {
    type = parse_ref_type(cursor_, context_);
    for (; cursor_.more(); ++count) {
      if (cursor_.take_open("item")) {
        constant_.parse_sequence(list);
        cursor_.expect_close();
      } else {
        constant_.parse_folded(list);
      }
    }
    return count;
  }
  bool bare = allow_bare && (cursor_.at_index() || !cursor_.more());
  if (!cursor_.take_keyword("func") && !bare) cursor_.fail_unexpected("`func` or a reference type");
  for (; cursor_.more(); ++count) list.leb_u32(parse_index(cursor_, context_.funcs, context_.names));
  return count;
}

void SegmentParser::parse_elem() {
  cursor_.take_item_name("elem segment");
  bool declarative = cursor_.take_keyword("declare");
  bool has_table = !declarative && cursor_.take_open("table");
  uint32_t table = has_table ? 0 : old_index();
  if (has_table) {
    table = parse_index(cursor_, context_.tables, context_.names);
    cursor_.expect_close();
  }
  bool active = has_table || (!declarative && cursor_.at(TokenKind::lparen) && !at_ref_type(cursor_));
  ByteWriter offset, list;
  if (active) parse_offset(offset);
  ValType type = funcref;
  bool expressions = false;
  uint64_t count = parse_element_list(list, type, expressions, active && !has_table);

  // The flags (spec §5.5.12). Bit 0: the segment is not active. Bit 1: the segment is declarative, or states
  // a table index. Bit 2: the elements are expressions. An active segment that states no table index belongs
  // to table 0 and has the type funcref.
  ByteWriter& out = sections_.elems.entry();
  bool short_form = active && table == 0 && type == funcref;
  uint32_t flags =
      (active ? 0 : 1) | (declarative || (active && !short_form) ? 2 : 0) | (expressions ? 4 : 0);
  out.leb_u32(flags);
  if (active && !short_form) out.leb_u32(table);
  out.bytes(offset.view());
  if (!short_form && expressions) write_val_type(out, type);
  if (!short_form && !expressions) out.u8(elem_kind_func);
  out.leb_u64(count);
  out.bytes(list.view());
}

void SegmentParser::parse_data() {
  cursor_.take_item_name("data segment");
  bool has_memory = cursor_.take_open("memory");
  uint32_t memory = has_memory ? 0 : old_index();
  if (has_memory) {
    memory = parse_index(cursor_, context_.memories, context_.names);
    cursor_.expect_close();
  }
  bool active = has_memory || cursor_.at(TokenKind::lparen);
  ByteWriter& out = sections_.datas.entry();
  out.leb_u32(!active ? 1 : memory != 0 ? 2 : 0);
  if (memory != 0) out.leb_u32(memory);
  if (active) parse_offset(out);
  out.leb_u64(size_of_strings());
  parse_strings(out);
}

void SegmentParser::parse_strings(ByteWriter& out) {
  while (cursor_.more()) cursor_.expect_string(out);
}

/// Returns the total size of the strings that follow. Does not move the cursor.
uint64_t SegmentParser::size_of_strings() {
  const Cursor start = cursor_;
  uint64_t size = 0;
  for (; cursor_.at(TokenKind::string); cursor_.advance()) size += decoded_size(cursor_.word());
  cursor_ = start;
  return size;
}

/// Parses `(offset …)` or one folded instruction.
void SegmentParser::parse_offset(ByteWriter& out) {
  if (!cursor_.take_open("offset")) return constant_.parse_folded(out);
  constant_.parse_sequence(out);
  cursor_.expect_close();
}

} // namespace skerry::vm::wat
