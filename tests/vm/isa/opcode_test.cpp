#include "vm/isa/opcode.hpp"

#include "tests/catch.hpp"
#include "vm/isa/features.hpp"

#include <algorithm>
#include <set>
#include <string>

// Declared name by name, because this file shares a translation unit with others.
using skerry::Feature;
using skerry::Features;
using skerry::vm::find_opcode;
using skerry::vm::ImmediateKind;
using skerry::vm::info;
using skerry::vm::is_constant;
using skerry::vm::OpClass;
using skerry::vm::Opcode;
using skerry::vm::opcode_count;
using skerry::vm::opcode_infos;
using skerry::vm::OpcodeInfo;
using skerry::vm::required_feature;

namespace {

size_t count_of_prefix(uint8_t prefix) {
  return static_cast<size_t>(std::ranges::count(opcode_infos, prefix, &OpcodeInfo::prefix));
}

} // namespace

TEST_CASE("the table has every instruction of WebAssembly 3.0") {
  // The counts of the specification's index of instructions.
  CHECK(count_of_prefix(0xfb) == 31);
  CHECK(count_of_prefix(0xfc) == 18);
  CHECK(count_of_prefix(0xfd) == 236 + 20);
  CHECK(opcode_count == 499);
}

TEST_CASE("encodings are unique and found again") {
  std::set<std::pair<int, int>> seen;
  for (size_t i = 0; i < opcode_count; ++i) {
    const auto op = static_cast<Opcode>(i);
    INFO(info(op).text);
    CHECK(seen.emplace(info(op).prefix, info(op).code).second);
    CHECK(find_opcode(info(op).prefix, info(op).code) == op);
  }
  CHECK(find_opcode(0, 0x06) == Opcode::invalid); // the legacy try
  CHECK(find_opcode(0xfc, 0x12) == Opcode::invalid);
  CHECK(find_opcode(0xfd, 0xffff'ffff) == Opcode::invalid);
  CHECK(find_opcode(0xfe, 0) == Opcode::invalid);
}

TEST_CASE("rows agree with themselves") {
  for (size_t i = 0; i < opcode_count; ++i) {
    const OpcodeInfo& row = info(static_cast<Opcode>(i));
    INFO(row.text);
    const bool has_signature = row.signature.find('>') != std::string_view::npos;
    CHECK(has_signature == (row.op_class != OpClass::special));
    CHECK(row.signature.find_first_not_of("iIfFv>") == std::string_view::npos);
    CHECK((row.op_class == OpClass::load || row.op_class == OpClass::store) ==
          (row.immediate == ImmediateKind::memarg));
    if (row.access_bytes != 0) CHECK((row.access_bytes & (row.access_bytes - 1)) == 0);
    if (row.prefix == 0xfb) CHECK(row.feature == Feature::gc);
    if (row.prefix == 0xfd) CHECK((row.feature == Feature::simd || row.feature == Feature::relaxed_simd));
  }
}

TEST_CASE("encodings of some instructions, from the specification") {
  CHECK(find_opcode(0, 0x6a) == Opcode::i32_add);
  CHECK(find_opcode(0, 0xbf) == Opcode::f64_reinterpret_i64);
  CHECK(find_opcode(0, 0xc4) == Opcode::i64_extend32_s);
  CHECK(find_opcode(0xfb, 26) == Opcode::any_convert_extern);
  CHECK(find_opcode(0xfc, 10) == Opcode::memory_copy);
  CHECK(find_opcode(0xfd, 13) == Opcode::i8x16_shuffle);
  CHECK(find_opcode(0xfd, 186) == Opcode::i32x4_dot_i16x8_s);
  CHECK(find_opcode(0xfd, 255) == Opcode::f64x2_convert_low_i32x4_u);
  CHECK(find_opcode(0xfd, 275) == Opcode::i32x4_relaxed_dot_i8x16_i7x16_add_s);
  CHECK(info(Opcode::i64_load32_u).access_bytes == 4);
  CHECK(info(Opcode::v128_load16_lane).lanes == 8);
  CHECK(info(Opcode::v128_load16_lane).access_bytes == 2);
}

TEST_CASE("constant instructions depend on features") {
  const Features wasm1 = Features::wasm1();
  CHECK(is_constant(Opcode::i32_const, wasm1));
  CHECK(is_constant(Opcode::global_get, wasm1));
  CHECK_FALSE(is_constant(Opcode::i32_add, wasm1));
  CHECK(is_constant(Opcode::i32_add, Features(wasm1).with(Feature::extended_const)));
  CHECK_FALSE(is_constant(Opcode::i32_div_s, Features(wasm1).with(Feature::extended_const)));
  CHECK_FALSE(is_constant(Opcode::struct_new, wasm1));
  CHECK(is_constant(Opcode::struct_new, Features(wasm1).with(Feature::gc)));
  CHECK_FALSE(is_constant(Opcode::struct_get, Features(wasm1).with(Feature::gc)));
}

TEST_CASE("types name the feature that brought them") {
  CHECK(required_feature(skerry::i32) == Feature::mvp);
  CHECK(required_feature(skerry::v128) == Feature::simd);
  CHECK(required_feature(skerry::externref) == Feature::reference_types);
  CHECK(required_feature(skerry::ValType::ref(skerry::HeapType::func, false)) ==
        Feature::function_references);
  CHECK(required_feature(skerry::ValType::ref(skerry::HeapType::i31, true)) == Feature::gc);
  CHECK(required_feature(skerry::ValType::ref(skerry::HeapType::exn, true)) == Feature::exceptions);
}
