#include "vm/wat/instruction_text.hpp"

#include "vm/base/hex.hpp"
#include "vm/wat/number_text.hpp"

#include <algorithm>
#include <utility>

namespace skerry::vm::wat {

namespace {

// Deeper blocks are not indented more, so that the size of the text stays linear in the size of the module.
constexpr uint32_t max_indent = 40;

std::string number(uint64_t value) { return " " + std::to_string(value); }

std::string v128_text(const std::array<uint8_t, 16>& bytes) {
  std::string text = " i32x4";
  for (size_t lane = 0; lane < 16; lane += 4) {
    text += " 0x";
    for (size_t i = 4; i-- > 0;) append_hex(text, bytes[lane + i]);
  }
  return text;
}

bool opens_block(Opcode op) {
  ImmediateKind kind = info(op).immediate;
  return kind == ImmediateKind::block_type || kind == ImmediateKind::try_table;
}

} // namespace

void InstructionText::append_body(ByteReader& reader, uint32_t function, TextSink& out) const {
  LabelNames labels(names_, function);
  Instruction instr;
  for (uint32_t depth = 1; out.is_open() && decode_instruction(reader, instr);) {
    bool closes = instr.op == Opcode::end;
    if (closes && --depth == 0) return;
    uint32_t level = instr.op == Opcode::else_ ? depth - 1 : depth;
    static const std::string spaces(2 + 2 * max_indent, ' ');
    out += std::string_view(spaces).substr(0, 2 + 2 * std::min(level, max_indent));
    line(instr, function, labels, out);
    out += "\n";
    if (opens_block(instr.op)) ++depth, labels.open();
    if (closes) labels.close();
  }
}

void InstructionText::const_expr(const ConstExpr& expression, TextSink& out) const {
  ByteReader reader(module_.range(expression.offset, expression.size), expression.offset);
  const char* separator = "";
  const LabelNames no_labels;
  Instruction instr;
  for (uint32_t depth = 1; out.is_open() && decode_instruction(reader, instr);) {
    if (instr.op == Opcode::end && --depth == 0) break;
    if (opens_block(instr.op)) ++depth;
    out += std::exchange(separator, " ");
    line(instr, no_function, no_labels, out);
  }
}

/// Writes the name and the immediates of an instruction. Immediates that are lists can have any length, so
/// they are written to `out` while they are decoded.
void InstructionText::line(const Instruction& instr, uint32_t function, const LabelNames& labels,
                           TextSink& out) const {
  out += info(instr.op).text;
  switch (info(instr.op).immediate) {
  case ImmediateKind::block_type: out += labels.next(); return block_text(instr.block, out);
  case ImmediateKind::try_table:
    out += labels.next();
    block_text(instr.block, out);
    return catches_text(instr.catches, labels, out);
  case ImmediateKind::br_table: return br_table_text(instr.br_table, labels, out);
  case ImmediateKind::label: out += labels.target(instr.index[0]); return;
  case ImmediateKind::select_types: return select_types_text(instr, out);
  default: out += immediates(instr, function);
  }
}

std::string InstructionText::immediates(const Instruction& instr, uint32_t function) const {
  using enum ImmediateKind;
  std::string text;
  const uint32_t a = instr.index[0], b = instr.index[1];
  switch (info(instr.op).immediate) {
  case none:
  case block_type:
  case ImmediateKind::try_table:
  case ImmediateKind::br_table:
  case ImmediateKind::label:
  case ImmediateKind::select_types: return text;
  case func: return text + space(NameKind::function, a);
  case type: return text + space(NameKind::type, a);
  case type_table: return text + space_or_zero(NameKind::table, b) + types_.type_use(a);
  case tag: return text + space(NameKind::tag, a);
  case ImmediateKind::local: return text + local_text(function, a);
  case global: return text + space(NameKind::global, a);
  case table: return text + space_or_zero(NameKind::table, a);
  case table_table: return text + both_or_zero(NameKind::table, a, b);
  case elem_table: return text + space_or_zero(NameKind::table, b) + space(NameKind::elem, a);
  case elem: return text + space(NameKind::elem, a);
  case data: return text + space(NameKind::data, a);
  case memory: return text + space_or_zero(NameKind::memory, a);
  case memory_memory: return text + both_or_zero(NameKind::memory, a, b);
  case data_memory: return text + space_or_zero(NameKind::memory, b) + space(NameKind::data, a);
  case ImmediateKind::memarg: return text + memarg_text(instr);
  case memarg_lane: return text + memarg_text(instr) + number(instr.lane);
  case lane: return text + number(instr.lane);
  case lanes16:
    for (uint8_t index : instr.bytes) text += number(index);
    return text;
  case i32: return text + " " + std::to_string(static_cast<int32_t>(instr.value));
  case i64: return text + " " + std::to_string(static_cast<int64_t>(instr.value));
  case f32: return text + " " + f32_text(static_cast<uint32_t>(instr.value));
  case f64: return text + " " + f64_text(instr.value);
  case v128: return text + v128_text(instr.bytes);
  case heap_type: {
    bool bare = instr.op == Opcode::ref_null;
    if (bare) return text + " " + types_.heap_type(instr.heap[0]);
    bool nullable = instr.op == Opcode::ref_test_null || instr.op == Opcode::ref_cast_null;
    return text + ref_type(instr.heap[0], nullable);
  }
  case cast:
    return text + number(a) + ref_type(instr.heap[0], instr.cast_flags & 1) +
           ref_type(instr.heap[1], instr.cast_flags & 2);
  case type_field:
  case type_count: return text + space(NameKind::type, a) + number(b);
  case type_data: return text + space(NameKind::type, a) + space(NameKind::data, b);
  case type_elem: return text + space(NameKind::type, a) + space(NameKind::elem, b);
  case type_type: return text + space(NameKind::type, a) + space(NameKind::type, b);
  }
  return text;
}

void InstructionText::block_text(const BlockType& block, TextSink& out) const {
  if (block.kind == BlockType::Kind::value) types_.results(TypeList(block.value), out);
  if (block.kind == BlockType::Kind::type) out += types_.type_use(block.type);
}

std::string InstructionText::memarg_text(const Instruction& instr) const {
  const MemArg& arg = instr.memarg;
  std::string text = space_or_zero(NameKind::memory, arg.memory);
  if (arg.offset != 0) text += " offset=" + std::to_string(arg.offset);
  const uint64_t align = uint64_t{1} << (arg.align_log2 & 63);
  if (align != info(instr.op).access_bytes) text += " align=" + std::to_string(align);
  return text;
}

void InstructionText::br_table_text(const BrTableTargets& targets, const LabelNames& labels, TextSink& out) {
  for (uint32_t target : targets) {
    if (!out.is_open()) return;
    out += labels.target(target);
  }
}

void InstructionText::catches_text(Catches clauses, const LabelNames& labels, TextSink& out) const {
  constexpr std::string_view names[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
  for (uint32_t i = 0; i < clauses.count && out.is_open(); ++i) {
    const CatchClause clause = clauses.next();
    out += " (" + std::string(names[static_cast<size_t>(clause.kind)]);
    if (clause.kind <= CatchKind::catch_ref) out += space(NameKind::tag, clause.tag);
    out += labels.target(clause.label) + ")";
  }
}

/// Decodes the list of types again, because Instruction holds only one of them.
void InstructionText::select_types_text(const Instruction& instr, TextSink& out) const {
  ByteReader reader(module_.bytes.subspan(instr.offset + 1));
  out += " (result";
  for (uint32_t count = reader.leb_u32(); count > 0 && reader.ok() && out.is_open(); --count)
    out += " " + types_.val_type(decode_value_type(reader));
  out += ")";
}

std::string InstructionText::ref_type(HeapType heap, bool nullable) const {
  return " (ref " + std::string(nullable ? "null " : "") + types_.heap_type(heap) + ")";
}

std::string InstructionText::both_or_zero(NameKind kind, uint32_t first, uint32_t second) const {
  return first == 0 && second == 0 ? "" : space(kind, first) + space(kind, second);
}

std::string InstructionText::local_text(uint32_t function, uint32_t index) const {
  return " " + names_.id(PartKind::local, function, index).value_or(std::to_string(index));
}

} // namespace skerry::vm::wat
