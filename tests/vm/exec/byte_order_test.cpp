// Memory and vectors are little-endian on every machine: numbers in memory, lanes, and what passes between
// the host and a guest.
#include "tests/support/wasm.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <tuple>
#include <utility>

using namespace skerry;
using namespace skerry::test;

namespace {

constexpr uint64_t number = 0x8887'8685'8483'8281;
constexpr std::string_view two_memories = R"(
  (memory $memory0 (export "0") 1) (memory $memory1 (export "1") 1)
  (data (memory $memory0) (i32.const 8) "\81\82\83\84\85\86\87\88")
  (data (memory $memory1) (i32.const 8) "\81\82\83\84\85\86\87\88"))";
/// Memory 0 has its own handlers for loads and stores.
const std::array<std::string, 2> memories = {"0", "1"};

/// The type with which an instruction's name begins.
std::string type_of(std::string_view instruction) { return std::string(instruction.substr(0, 3)); }
uint64_t own_bits(std::string_view instruction, uint64_t slot) {
  return instruction[1] == '3' ? static_cast<uint32_t>(slot) : slot;
}

uint64_t loaded(const std::string& instruction, const std::string& memory) {
  Fixture f;
  const Instance instance =
      f.instantiate(std::string(two_memories) + "(func (export \"f\") (param i32) (result " +
                    type_of(instruction) + ") (" + instruction + " $memory" + memory + " (local.get 0)))");
  uint64_t slot = 8;
  must(must(instance.func("f")).call_raw({&slot, 1}));
  return own_bits(instruction, slot);
}

/// The first eight bytes of the memory after the instruction has stored the low bytes of `number`.
std::array<uint8_t, 8> stored(const std::string& instruction, const std::string& memory) {
  Fixture f;
  const Instance instance =
      f.instantiate(std::string(two_memories) + "(func (export \"f\") (param " + type_of(instruction) +
                    ") (" + instruction + " $memory" + memory + " (i32.const 0) (local.get 0)))");
  uint64_t slot = own_bits(instruction, number);
  must(must(instance.func("f")).call_raw({&slot, 1}));
  return must(must(instance.memory(memory)).read<std::array<uint8_t, 8>>(0));
}
std::array<uint8_t, 8> first_bytes_of_number(size_t count) {
  std::array<uint8_t, 8> bytes{};
  for (size_t i = 0; i < count; ++i) bytes[i] = static_cast<uint8_t>(0x81 + i);
  return bytes;
}

/// The low and the high half of a vector. Not a tuple: from libstdc++ 14 on, Catch2's comparison of tuples is
/// ambiguous.
using Halves = std::pair<uint64_t, uint64_t>;

/// The two halves of the vector that a constant expression of the text format gives.
Halves halves_of(const std::string& vector) {
  Fixture f;
  const Instance instance = f.instantiate(
      "(memory 1) (data (i32.const 0) \"\\00\\01\\02\\03\\04\\05\\06\\07\\08\\09\")"
      "(func (export \"f\") (result i64 i64) (local $v v128) (local.set $v " +
      vector + ") (i64x2.extract_lane 0 (local.get $v)) (i64x2.extract_lane 1 (local.get $v)))");
  const auto [low, high] = must(must(instance.func<std::tuple<uint64_t, uint64_t>()>("f"))());
  return {low, high};
}

const std::string bytes_0_to_15 = "(v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)";
constexpr V128 some_vector = {0x81, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0xff};

} // namespace

TEST_CASE("loads read little-endian numbers", "[exec]") {
  for (const std::string& memory : memories) {
    INFO("memory " << memory);
    CHECK(loaded("i32.load8_s", memory) == 0xffff'ff81);
    CHECK(loaded("i32.load8_u", memory) == 0x81);
    CHECK(loaded("i32.load16_s", memory) == 0xffff'8281);
    CHECK(loaded("i32.load16_u", memory) == 0x8281);
    CHECK(loaded("i32.load", memory) == 0x8483'8281);
    CHECK(loaded("i64.load16_s", memory) == 0xffff'ffff'ffff'8281);
    CHECK(loaded("i64.load16_u", memory) == 0x8281);
    CHECK(loaded("i64.load32_s", memory) == 0xffff'ffff'8483'8281);
    CHECK(loaded("i64.load32_u", memory) == 0x8483'8281);
    CHECK(loaded("i64.load", memory) == number);
    CHECK(loaded("f32.load", memory) == 0x8483'8281);
    CHECK(loaded("f64.load", memory) == number);
  }
}

TEST_CASE("stores write little-endian numbers", "[exec]") {
  for (const std::string& memory : memories) {
    INFO("memory " << memory);
    for (const char* instruction : {"i32.store8", "i64.store8"})
      CHECK(stored(instruction, memory) == first_bytes_of_number(1));
    for (const char* instruction : {"i32.store16", "i64.store16"})
      CHECK(stored(instruction, memory) == first_bytes_of_number(2));
    for (const char* instruction : {"i32.store", "i64.store32", "f32.store"})
      CHECK(stored(instruction, memory) == first_bytes_of_number(4));
    for (const char* instruction : {"i64.store", "f64.store"})
      CHECK(stored(instruction, memory) == first_bytes_of_number(8));
  }
}

TEST_CASE("stored constants are little-endian", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(R"(
    (memory (export "memory") 1)
    (func (export "f")
      (i64.store16 (i32.const 0) (i64.const 0x0102))
      (i32.store (i32.const 2) (i32.const 0x0304))
      (f32.store (i32.const 6) (f32.const 1))
      (f64.store (i32.const 10) (f64.const 1))))");
  must(must(instance.func<void()>("f"))());
  const auto bytes = must(must(instance.memory()).read<std::array<uint8_t, 18>>(0));
  CHECK(bytes == std::array<uint8_t, 18>{2, 1, 4, 3, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f});
}

TEST_CASE("an f32 is in the low half of its slot", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(R"(
    (global $g (export "g") (mut f32) (f32.const 0.5))
    (func (export "constant") (result f32) (f32.const 1.5))
    (func (export "sum") (param f32 i32) (result f32) (local f32)
      (local.set 2 (f32.add (f32.mul (local.get 0) (f32.const 2)) (global.get $g)))
      (global.set $g (local.get 2))
      (select (local.get 2) (local.get 0) (local.get 1)))
    (func (export "bits") (param f32) (result i32) (i32.reinterpret_f32 (local.get 0)))
    (func (export "float") (param i32) (result f32) (f32.reinterpret_i32 (local.get 0))))");
  uint64_t slots[2] = {0, 0};
  must(must(instance.func("constant")).call_raw(slots));
  CHECK(static_cast<uint32_t>(slots[0]) == std::bit_cast<uint32_t>(1.5f));
  CHECK(must(must(instance.func<float(float, int32_t)>("sum"))(1, 1)) == 2.5f);
  CHECK(must(must(instance.global("g")).get()).as_f32() == 2.5f);
  CHECK(must(must(instance.func<float(float, int32_t)>("sum"))(3, 0)) == 3);
  CHECK(must(must(instance.func<uint32_t(float)>("bits"))(1)) == 0x3f80'0000);
  CHECK(must(must(instance.func<float(uint32_t)>("float"))(0x3f80'0000)) == 1);
}

TEST_CASE("the first lane is the lowest", "[exec]") {
  CHECK(halves_of("(v128.const i16x8 1 2 3 4 5 6 7 8)") ==
        Halves{0x0004'0003'0002'0001, 0x0008'0007'0006'0005});
  CHECK(halves_of("(v128.const f32x4 1 0 2 0)") == Halves{0x3f80'0000, 0x4000'0000});
  CHECK(halves_of("(i16x8.replace_lane 5 " + bytes_0_to_15 + " (i32.const 0x1234))") ==
        Halves{0x0706'0504'0302'0100, 0x0f0e'0d0c'1234'0908});
  CHECK(halves_of("(f32x4.replace_lane 1 " + bytes_0_to_15 + " (f32.const 1))") ==
        Halves{0x3f80'0000'0302'0100, 0x0f0e'0d0c'0b0a'0908});
  CHECK(halves_of("(i16x8.splat (i32x4.extract_lane 1 " + bytes_0_to_15 + "))") ==
        Halves{0x0504'0504'0504'0504, 0x0504'0504'0504'0504});
  CHECK(halves_of("(f32x4.splat (f32x4.extract_lane 1 (v128.const f32x4 1 2 3 4)))") ==
        Halves{0x4000'0000'4000'0000, 0x4000'0000'4000'0000});
  CHECK(halves_of("(i8x16.splat (i16x8.bitmask (v128.const i16x8 -1 0 -1 0 0 0 0 0)))") ==
        Halves{0x0505'0505'0505'0505, 0x0505'0505'0505'0505});
  CHECK(halves_of("(i16x8.splat (i8x16.bitmask (v128.const i8x16 -1 0 0 0 0 0 0 0 0 -1 0 0 0 0 0 0)))") ==
        Halves{0x0201'0201'0201'0201, 0x0201'0201'0201'0201});
}

TEST_CASE("vectors are loaded with the first byte in the lowest lane", "[exec]") {
  CHECK(halves_of("(v128.load offset=1 (i32.const 0))") == Halves{0x0807'0605'0403'0201, 0x09});
  CHECK(halves_of("(v128.load32_zero offset=1 (i32.const 0))") == Halves{0x0403'0201, 0});
  CHECK(halves_of("(v128.load64_zero offset=1 (i32.const 0))") == Halves{0x0807'0605'0403'0201, 0});
  CHECK(halves_of("(v128.load16_splat offset=1 (i32.const 0))") ==
        Halves{0x0201'0201'0201'0201, 0x0201'0201'0201'0201});
  CHECK(halves_of("(v128.load16x4_u offset=1 (i32.const 0))") ==
        Halves{0x0000'0403'0000'0201, 0x0000'0807'0000'0605});
  CHECK(halves_of("(v128.load32_lane offset=1 2 (i32.const 0) (v128.const i64x2 0 0))") ==
        Halves{0, 0x0403'0201});
}

TEST_CASE("instructions whose lanes change their width take the low part first", "[exec]") {
  CHECK(halves_of("(i32x4.add " + bytes_0_to_15 + " (v128.const i64x2 1 1))") ==
        Halves{0x0706'0504'0302'0101, 0x0f0e'0d0c'0b0a'0909});
  CHECK(
      halves_of("(i16x8.extadd_pairwise_i8x16_s (v128.const i8x16 1 -3 0 0 0 0 0 0 0 0 0 0 0 0 100 100))") ==
      Halves{0xfffe, 0x00c8'0000'0000'0000});
  CHECK(halves_of(
            "(i32x4.dot_i16x8_s (v128.const i16x8 1 2 0 0 0 0 0 0) (v128.const i16x8 3 4 0 0 0 0 0 0))") ==
        Halves{11, 0});
  CHECK(halves_of("(i64x2.mul (v128.const i64x2 0x100000003 -1) (v128.const i64x2 0x200000005 7))") ==
        Halves{0x0000'000b'0000'000f, static_cast<uint64_t>(-7)});
  CHECK(halves_of("(i64x2.extmul_high_i32x4_u (v128.const i32x4 0 0 2 3) (v128.const i32x4 0 0 5 7))") ==
        Halves{10, 21});
  CHECK(halves_of("(i32x4.trunc_sat_f64x2_u_zero (v128.const f64x2 3.5 4294967295))") ==
        Halves{0xffff'ffff'0000'0003, 0});
  CHECK(
      halves_of(
          "(i8x16.narrow_i16x8_s (v128.const i16x8 1 2 3 4 5 6 7 8) (v128.const i16x8 9 10 0 0 0 0 0 0))") ==
      Halves{0x0807'0605'0403'0201, 0x0a09});
}

TEST_CASE("the memory of a v128's slots has its bytes", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(R"(
    (global (export "g") v128 (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))
    (func (export "f") (param v128) (result v128 i32)
      (local.get 0) (i8x16.extract_lane_u 15 (local.get 0))))");
  const auto typed = must(instance.func<std::tuple<V128, int32_t>(V128)>("f"));
  CHECK((must(typed(some_vector)) == std::tuple(some_vector, 0xff)));
  uint64_t slots[3] = {};
  std::memcpy(slots, some_vector.data(), sizeof some_vector);
  must(typed.func().call_raw(slots));
  CHECK(std::memcmp(slots, some_vector.data(), sizeof some_vector) == 0);
  CHECK(slots[2] == 0xff);
  CHECK(must(typed.func().call(std::array{Value(some_vector)}))[0].as_v128() == some_vector);
  const V128 counting = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  CHECK(must(must(instance.global("g")).get()).as_v128() == counting);
}
