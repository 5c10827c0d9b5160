#include "vm/isa/instruction.hpp"

#include "tests/catch.hpp"

#include <vector>

// Declared name by name, because this file shares a translation unit with others.
using skerry::HeapType;
using skerry::ValType;
using skerry::vm::BlockType;
using skerry::vm::ByteReader;
using skerry::vm::CatchClause;
using skerry::vm::Catches;
using skerry::vm::CatchKind;
using skerry::vm::decode_instruction;
using skerry::vm::Instruction;
using skerry::vm::Opcode;

namespace {

struct Decoded {
  std::vector<std::byte> bytes;
  Instruction instr{};
};

/// Offsets begin at 1000.
Decoded decode(std::initializer_list<int> values) {
  Decoded result;
  for (int value : values) result.bytes.push_back(static_cast<std::byte>(value));
  ByteReader reader(result.bytes, 1000);
  REQUIRE(decode_instruction(reader, result.instr));
  CHECK(reader.at_end());
  CHECK(result.instr.offset == 1000);
  return result;
}

std::string error_of(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (int value : values) bytes.push_back(static_cast<std::byte>(value));
  ByteReader reader(bytes);
  Instruction instr{};
  REQUIRE_FALSE(decode_instruction(reader, instr));
  return reader.error().message();
}

} // namespace

TEST_CASE("numbers are decoded with their bits") {
  CHECK(decode({0x41, 0x7f}).instr.value == 0xffff'ffff);
  CHECK(decode({0x42, 0x7f}).instr.value == ~uint64_t{0});
  CHECK(decode({0x43, 0, 0, 0x80, 0x3f}).instr.value == 0x3f80'0000);
  CHECK(decode({0x44, 1, 2, 3, 4, 5, 6, 7, 8}).instr.value == 0x0807'0605'0403'0201);
  const auto vector = decode({0xfd, 12, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  CHECK(vector.instr.op == Opcode::v128_const);
  CHECK(vector.instr.bytes[15] == 15);
}

TEST_CASE("indices are decoded in binary order") {
  CHECK(decode({0x20, 0x80, 0x01}).instr.index[0] == 128);
  const auto call = decode({0x11, 5, 6}).instr;
  CHECK(call.op == Opcode::call_indirect);
  CHECK(call.index[0] == 5);
  CHECK(call.index[1] == 6);
  const auto init = decode({0xfc, 8, 3, 1}).instr;
  CHECK(init.op == Opcode::memory_init);
  CHECK(init.index[0] == 3);
  CHECK(init.index[1] == 1);
}

TEST_CASE("memory arguments have an alignment, perhaps a memory, and an offset of 64 bits") {
  const auto plain = decode({0x28, 2, 16}).instr.memarg;
  CHECK(plain.align_log2 == 2);
  CHECK(plain.memory == 0);
  CHECK(plain.offset == 16);
  const auto other = decode({0x28, 0x42, 3, 0x80, 0x80, 0x80, 0x80, 0x10}).instr.memarg;
  CHECK(other.align_log2 == 2);
  CHECK(other.memory == 3);
  CHECK(other.offset == uint64_t{1} << 32);
  CHECK(error_of({0x28, 0x80, 1, 0}) == "malformed memop flags");
  const auto lane = decode({0xfd, 84, 0, 1, 15}).instr;
  CHECK(lane.memarg.offset == 1);
  CHECK(lane.lane == 15);
}

TEST_CASE("block types are empty, a value type or a type index") {
  CHECK(decode({0x02, 0x40}).instr.block.kind == BlockType::Kind::empty);
  const auto value = decode({0x03, 0x7c}).instr.block;
  CHECK(value.kind == BlockType::Kind::value);
  CHECK(value.value == skerry::f64);
  const auto ref = decode({0x04, 0x63, 0x09}).instr.block;
  CHECK(ref.value == ValType::ref(static_cast<HeapType>(9), true));
  const auto index = decode({0x02, 0xc0, 0x00}).instr.block;
  CHECK(index.kind == BlockType::Kind::type);
  CHECK(index.type == 64);
}

TEST_CASE("br_table's labels are decoded when asked for") {
  const auto table = decode({0x0e, 3, 0, 0x81, 0x01, 2, 7});
  CHECK(table.instr.br_table.count() == 3);
  std::vector<uint32_t> labels;
  for (uint32_t label : table.instr.br_table) labels.push_back(label);
  CHECK(labels == std::vector<uint32_t>{0, 129, 2, 7});
  CHECK(error_of({0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f, 0}).starts_with("unexpected end"));
}

TEST_CASE("try_table has a block type and clauses") {
  auto instr = decode({0x1f, 0x40, 3, 0, 4, 1, 2, 5, 3, 6});
  Catches catches = instr.instr.catches;
  REQUIRE(catches.count == 3);
  const CatchClause first = catches.next(), second = catches.next(), third = catches.next();
  CHECK((first.kind == CatchKind::catch_ && first.tag == 4 && first.label == 1));
  CHECK((second.kind == CatchKind::catch_all && second.label == 5));
  CHECK((third.kind == CatchKind::catch_all_ref && third.label == 6));
  CHECK(error_of({0x1f, 0x40, 1, 4, 0, 0}) == "malformed catch clause");
}

TEST_CASE("references") {
  CHECK(decode({0xd0, 0x70}).instr.heap[0] == HeapType::func);
  CHECK(decode({0xd0, 5}).instr.heap[0] == static_cast<HeapType>(5));
  CHECK(error_of({0xd0, 0x40}) == "malformed heap type 40");
  const auto cast = decode({0xfb, 24, 3, 1, 0x6e, 0x6c}).instr;
  CHECK(cast.op == Opcode::br_on_cast);
  CHECK(cast.cast_flags == 3);
  CHECK(cast.heap[0] == HeapType::any);
  CHECK(cast.heap[1] == HeapType::i31);
  const auto select = decode({0x1c, 1, 0x6f}).instr;
  CHECK(select.index[0] == 1);
  CHECK(select.type == skerry::externref);
}

TEST_CASE("bytes that are not an instruction are named in the error") {
  CHECK(error_of({0xff}) == "illegal opcode ff");
  CHECK(error_of({0x27, 0x40}) == "illegal opcode 27");
  CHECK(error_of({0x06, 0x40}).starts_with("opcode 06 needs the feature legacy-exceptions"));
  CHECK(error_of({0xfe, 0x10}).starts_with("opcode fe 10 needs the feature threads"));
  CHECK(error_of({0xd0, 0x68}).starts_with("a type of form 68 needs the feature stack-switching"));
  CHECK(error_of({0xfb, 31}) == "illegal opcode fb 1f");
  CHECK(error_of({}) == "unexpected end");
  CHECK(error_of({0xfc}) == "unexpected end");
  CHECK(error_of({0x41}) == "unexpected end");
}
