#include "vm/isa/instruction.hpp"

#include "vm/base/hex.hpp"
#include "vm/isa/features.hpp"

namespace skerry::vm {

namespace {

constexpr uint8_t atomic_prefix = 0xfe; // of the feature threads, which is refused

bool is_abstract_heap_type(int64_t code) {
  return code >= static_cast<int64_t>(HeapType::exn) && code <= static_cast<int64_t>(HeapType::noexn);
}

/// Returns the value type whose encoding is the single byte `code`, or ValType{} if there is no such type.
ValType short_value_type(uint8_t code) {
  switch (code) {
  case ValType::i32_: return i32;
  case ValType::i64_: return i64;
  case ValType::f32_: return f32;
  case ValType::f64_: return f64;
  case ValType::v128_: return v128;
  default: break;
  }
  const int64_t heap = static_cast<int64_t>(code) - 0x80;
  return is_abstract_heap_type(heap) ? ValType::ref(static_cast<HeapType>(heap), true) : ValType{};
}

BrTableTargets decode_br_table(ByteReader& reader) {
  const uint64_t start = reader.offset();
  const uint32_t count = reader.leb_u32();
  if (count >= reader.remaining())
    reader.fail_at(start, "unexpected end of section or function: br_table has " + std::to_string(count) +
                              " targets");
  const BrTableTargets targets(reader.cursor(), count);
  for (uint64_t i = 0; i <= count && reader.ok(); ++i) reader.leb_u32();
  return targets;
}

CatchClause decode_catch(ByteReader& reader) {
  const uint64_t start = reader.offset();
  const uint8_t kind = reader.u8();
  if (kind > 3) reader.fail_at(start, "malformed catch clause");
  CatchClause clause{static_cast<CatchKind>(kind), 0, 0};
  if (kind < 2) clause.tag = reader.leb_u32();
  clause.label = reader.leb_u32();
  return clause;
}

Catches decode_catches(ByteReader& reader) {
  const uint64_t start = reader.offset();
  const uint32_t count = reader.leb_u32();
  if (count > reader.remaining() / 2)
    reader.fail_at(start, "unexpected end of section or function: try_table has " + std::to_string(count) +
                              " catch clauses");
  const Catches catches{reader.cursor(), reader.cursor() + reader.remaining(), count};
  for (uint32_t i = 0; i < count && reader.ok(); ++i) decode_catch(reader);
  return catches;
}

void decode_select_types(ByteReader& reader, Instruction& instr) {
  const uint64_t start = reader.offset();
  instr.index[0] = reader.leb_u32();
  if (instr.index[0] > reader.remaining()) reader.fail_at(start, "unexpected end of section or function");
  instr.type = {};
  for (uint32_t i = 0; i < instr.index[0] && reader.ok(); ++i) instr.type = decode_value_type(reader);
}

void decode_cast(ByteReader& reader, Instruction& instr) {
  instr.cast_flags = reader.u8();
  if (instr.cast_flags > 3) reader.fail("malformed br_on_cast flags");
  instr.index[0] = reader.leb_u32();
  instr.heap[0] = decode_heap_type(reader);
  instr.heap[1] = decode_heap_type(reader);
}

/// Decodes the immediates of an instruction, by their kind.
void decode_immediates(ByteReader& reader, ImmediateKind kind, Instruction& instr) {
  using enum ImmediateKind;
  switch (kind) {
  case none: break;
  case label:
  case func:
  case type:
  case tag:
  case local:
  case global:
  case table:
  case elem:
  case data:
  case memory: instr.index[0] = reader.leb_u32(); break;
  case type_table:
  case table_table:
  case elem_table:
  case memory_memory:
  case data_memory:
  case type_field:
  case type_count:
  case type_data:
  case type_elem:
  case type_type:
    instr.index[0] = reader.leb_u32();
    instr.index[1] = reader.leb_u32();
    break;
  case i32: instr.value = static_cast<uint32_t>(reader.leb_s32()); break;
  case memarg: instr.memarg = decode_memarg(reader); break;
  case block_type: instr.block = decode_block_type(reader); break;
  case i64: instr.value = static_cast<uint64_t>(reader.leb_s64()); break;
  case f32: instr.value = reader.fixed_u32(); break;
  case f64: instr.value = reader.fixed_u64(); break;
  case br_table: instr.br_table = decode_br_table(reader); break;
  case try_table:
    instr.block = decode_block_type(reader);
    instr.catches = decode_catches(reader);
    break;
  case memarg_lane:
    instr.memarg = decode_memarg(reader);
    instr.lane = reader.u8();
    break;
  case lane: instr.lane = reader.u8(); break;
  case lanes16:
  case v128: instr.bytes = reader.fixed_v128(); break;
  case select_types: decode_select_types(reader, instr); break;
  case heap_type: instr.heap[0] = decode_heap_type(reader); break;
  case cast: decode_cast(reader, instr); break;
  }
}

[[gnu::cold]] bool fail_illegal(ByteReader& reader, uint64_t start, uint8_t prefix, uint32_t code) {
  const std::string opcode = "opcode " + (prefix ? hex(prefix, 2) + " " : std::string{}) + hex(code, 2);
  const auto feature = refused_opcode(prefix, code);
  feature ? refuse(reader, *feature, start, opcode) : reader.fail_at(start, "illegal " + opcode);
  return false;
}

/// Fails because of a type that begins with the byte `code`.
[[gnu::cold]] void fail_type(ByteReader& reader, uint64_t start, uint8_t code, const char* message) {
  const auto feature = refused_type(code);
  feature ? refuse(reader, *feature, start, "a type of form " + hex(code, 2))
          : reader.fail_at(start, message + (" " + hex(code, 2)));
}

bool decode_prefixed(ByteReader& reader, uint64_t start, uint8_t prefix, Instruction& instr) {
  const uint32_t code = reader.leb_u32();
  instr.op = find_opcode(prefix, code);
  return instr.op != Opcode::invalid || (reader.ok() && fail_illegal(reader, start, prefix, code));
}

constexpr bool is_one_index(ImmediateKind kind) {
  return kind >= ImmediateKind::local && kind <= ImmediateKind::memory;
}

/// The part of OpcodeInfo that decoding needs, for opcodes without a prefix. The table takes only 1 KiB.
struct ShortOpcode {
  Opcode op;
  ImmediateKind immediate;
};
constexpr std::array<ShortOpcode, 256> short_opcodes = [] {
  std::array<ShortOpcode, 256> table{};
  for (size_t i = 0; i < table.size(); ++i)
    table[i] = {one_byte_opcodes[i], info(one_byte_opcodes[i]).immediate};
  return table;
}();

/// Decodes the immediates of loads and stores. Loads and stores are the most frequent instructions with more
/// than one immediate, so they do not go through decode_rest.
[[gnu::noinline]] bool decode_memory_access(ByteReader& reader, Instruction& instr) {
  instr.memarg = decode_memarg(reader);
  return reader.ok();
}

/// Decodes the instructions that are not on the fast path of decode_instruction. This is a separate function
/// because the fast path then needs no stack frame.
[[gnu::noinline]] bool decode_rest(ByteReader& reader, uint8_t byte, Instruction& instr) {
  if (instr.op == Opcode::invalid) {
    if (!is_prefix(byte) && byte != atomic_prefix) return fail_illegal(reader, instr.offset, 0, byte);
    if (!decode_prefixed(reader, instr.offset, byte, instr)) return false;
  }
  decode_immediates(reader, info(instr.op).immediate, instr);
  return reader.ok();
}

} // namespace

CatchClause Catches::next() {
  ByteReader reader(std::span(at, end));
  const CatchClause clause = decode_catch(reader);
  at = reader.cursor();
  return clause;
}

MemArg decode_memarg(ByteReader& reader) {
  constexpr uint32_t has_memory = 0x40;
  const uint64_t start = reader.offset();
  const uint32_t flags = reader.leb_u32();
  if (flags >= 2 * has_memory) reader.fail_at(start, "malformed memop flags");
  MemArg memarg{flags & ~has_memory, 0, 0};
  if (flags & has_memory) memarg.memory = reader.leb_u32();
  memarg.offset = reader.leb_u64();
  return memarg;
}

BlockType decode_block_type(ByteReader& reader) {
  BlockType block{BlockType::Kind::empty, {}, 0};
  const uint8_t first = reader.peek();
  if (first == empty_block_type) {
    reader.u8();
  } else if (first >= 0x40 && first < 0x80) {
    block.kind = BlockType::Kind::value;
    block.value = decode_value_type(reader);
  } else {
    const uint64_t start = reader.offset();
    const int64_t index = reader.leb_s33();
    block.kind = BlockType::Kind::type;
    block.type = static_cast<uint32_t>(index);
    if (index < 0) reader.fail_at(start, "malformed block type");
  }
  return block;
}

HeapType decode_heap_type(ByteReader& reader) {
  const uint64_t start = reader.offset();
  const int64_t code = reader.leb_s33();
  if (code >= 0) {
    // ValType holds a heap type in 24 signed bits. The limit on types is far below 2^23.
    if (code >= 1 << 23) reader.fail_at(start, "unknown type: " + std::to_string(code), ErrorKind::invalid);
    return static_cast<HeapType>(code);
  }
  if (!is_abstract_heap_type(code)) fail_type(reader, start, code & 0x7f, "malformed heap type");
  return static_cast<HeapType>(code);
}

ValType decode_value_type(ByteReader& reader) {
  const uint64_t start = reader.offset();
  const uint8_t code = reader.u8();
  if (code == ValType::ref_ || code == ValType::ref_null_)
    return ValType::ref(decode_heap_type(reader), code == ValType::ref_null_);
  const ValType type = short_value_type(code);
  if (type == ValType{}) fail_type(reader, start, code, "malformed value type");
  return type;
}

bool decode_instruction(ByteReader& reader, Instruction& instr) {
  const uint64_t start = reader.offset();
  const uint8_t byte = reader.u8();
  const ShortOpcode entry = short_opcodes[byte];
  instr.offset = static_cast<uint32_t>(start);
  instr.op = entry.op;
  if (is_one_index(entry.immediate)) {
    instr.index[0] = reader.leb_u32();
    return reader.ok();
  }
  if (entry.immediate == ImmediateKind::memarg) return decode_memory_access(reader, instr);
  if (entry.immediate == ImmediateKind::none && entry.op != Opcode::invalid) return reader.ok();
  return decode_rest(reader, byte, instr);
}

} // namespace skerry::vm
