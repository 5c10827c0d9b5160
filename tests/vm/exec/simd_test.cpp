// The official suite checks the results of vector instructions. This test compares all SIMD targets of the
// machine, and all places that operands can be in, with each other on random inputs.
#include "tests/support/type_letter.hpp"
#include "tests/support/wasm.hpp"
#include "vm/base/endian.hpp"
#include "vm/isa/opcode.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <memory>
#include <random>

using namespace skerry;
using namespace skerry::test;

namespace {

constexpr uint32_t result_at = 64, vector_bytes = 16;
using Bytes = std::array<std::byte, 16>;

/// A function that reads its operands from memory, 16 bytes each, and writes the result. Bit i of `variant`
/// sends operand i through a local; the bit after the operands does so with the result.
std::string function_of(const vm::OpcodeInfo& row, uint32_t variant) {
  const size_t arity = row.signature.find('>');
  const std::string result = type_name(row.signature[arity + 1]);
  std::string locals, before, operands;
  for (size_t i = 0; i < arity; ++i) {
    const std::string type = type_name(row.signature[i]), local = "$" + std::to_string(i);
    const std::string load =
        "(" + type + ".load offset=" + std::to_string(i * vector_bytes) + " (i32.const 0))";
    locals += "(local " + local + " " + type + ")";
    const bool through_local = (variant >> i & 1) != 0;
    if (through_local) before += "(local.set " + local + " " + load + ")";
    operands += through_local ? "(local.get " + local + ")" : load;
  }
  std::string value = "(" + std::string(row.text) + " " + operands + ")";
  if ((variant >> arity & 1) != 0) {
    before += "(local.set $r " + value + ")";
    value = "(local.get $r)";
  }
  const std::string name = std::string(row.text) + "/" + std::to_string(variant);
  return "(func (export \"" + name + "\")" + locals + "(local $r " + result + ")" + before + "(" + result +
         ".store offset=" + std::to_string(result_at) + " (i32.const 0) " + value + "))\n";
}

std::vector<vm::OpcodeInfo> numeric_rows() {
  std::vector<vm::OpcodeInfo> rows;
  for (const vm::OpcodeInfo& row : vm::opcode_infos)
    if (row.feature == Feature::simd && row.op_class == vm::OpClass::numeric) rows.push_back(row);
  return rows;
}
uint32_t variants_of(const vm::OpcodeInfo& row) { return 1u << (row.signature.find('>') + 1); }

Config config_for(SimdTarget target) {
  Config config = test_config();
  config.simd_target = target;
  return config;
}

/// One target with the module of all variants of all rows.
struct Machine {
  explicit Machine(SimdTarget target, const std::string& text)
      : fixture(config_for(target)), instance(fixture.instantiate(text)),
        memory(must(instance.memory()).bytes()) {
    for (const vm::OpcodeInfo& row : numeric_rows())
      for (uint32_t variant = 0; variant < variants_of(row); ++variant)
        functions.push_back(must(instance.func(std::string(row.text) + "/" + std::to_string(variant))));
  }
  Bytes run(size_t function, const std::array<Bytes, 3>& inputs) {
    std::memset(memory.data(), 0, result_at + vector_bytes);
    std::memcpy(memory.data(), inputs.data(), sizeof inputs);
    uint64_t unused = 0;
    must(functions[function].call_raw({&unused, 1}));
    Bytes result;
    std::memcpy(result.data(), memory.data() + result_at, sizeof result);
    return result;
  }

  Fixture fixture;
  Instance instance;
  std::span<std::byte> memory;
  std::vector<Func> functions;
};

std::string all_functions() {
  std::string text = "(memory (export \"memory\") 1)\n";
  for (const vm::OpcodeInfo& row : numeric_rows())
    for (uint32_t variant = 0; variant < variants_of(row); ++variant) text += function_of(row, variant);
  return text;
}

/// True if they are equal, or both NaN: the specification does not say which NaN arithmetic returns.
template <class T> bool same_lanes(const Bytes& a, const Bytes& b) {
  for (size_t i = 0; i < sizeof a; i += sizeof(T)) {
    const T x = vm::load_little_endian<T>(&a[i]), y = vm::load_little_endian<T>(&b[i]);
    if (std::memcmp(&a[i], &b[i], sizeof x) != 0 && !(std::isnan(x) && std::isnan(y))) return false;
  }
  return true;
}
bool same_result(const vm::OpcodeInfo& row, const Bytes& a, const Bytes& b) {
  if (row.text.starts_with("f32x4")) return same_lanes<float>(a, b);
  if (row.text.starts_with("f64x2")) return same_lanes<double>(a, b);
  return a == b;
}

/// Lanes on which instructions differ from each other: limits, zeros, NaNs, halves, the ends of integer
/// ranges.
class Inputs {
public:
  std::array<Bytes, 3> next() {
    std::array<Bytes, 3> inputs;
    for (Bytes& bytes : inputs) bytes = vector();
    return inputs;
  }

private:
  template <class T> void fill(Bytes& bytes, std::initializer_list<T> values) {
    for (size_t i = 0; i < bytes.size(); i += sizeof(T)) {
      vm::store_little_endian(&bytes[i], values.begin()[random_() % values.size()]);
    }
  }
  Bytes vector() {
    Bytes bytes;
    for (std::byte& b : bytes) b = static_cast<std::byte>(random_());
    constexpr float inf = std::numeric_limits<float>::infinity(),
                    nan = std::numeric_limits<float>::quiet_NaN();
    switch (random_() % 6) {
    case 0: fill<uint8_t>(bytes, {0, 1, 0x7f, 0x80, 0x81, 0xff}); break;
    case 1: fill<uint16_t>(bytes, {0, 1, 0x7fff, 0x8000, 0x8001, 0xffff}); break;
    case 2: fill<uint32_t>(bytes, {0, 1, 0x7fffffff, 0x80000000, 0x7fa00000, 0xffffffff}); break;
    case 3:
      fill<float>(bytes, {0.f, -0.f, 0.5f, -0.5f, 1.5f, 0.49999997f, -2.5f, 2147483648.f, -2147483904.f,
                          4294967296.f, 1e30f, inf, -inf, nan, -nan, 8388609.f, 1e-40f});
      break;
    case 4:
      fill<double>(bytes,
                   {0., -0., 0.5, -1.5, 2.5, 0.49999999999999994, 2147483647.5, -2147483648.5, 4294967295.5,
                    1e300, 1e-310, double{inf}, -double{inf}, double{nan}, 3.4028235677973366e38});
      break;
    default: break;
    }
    return bytes;
  }
  std::mt19937 random_{20'260'101};
};

Instance run_text(Fixture& f, std::string_view text) { return f.instantiate(text); }

} // namespace

TEST_CASE("all SIMD targets and all places of operands give the same results", "[exec]") {
  const std::string text = all_functions();
  const std::vector<vm::OpcodeInfo> rows = numeric_rows();
  REQUIRE(rows.size() == 236 - 13 - 1 - 1 - 23); // without loads, the store, the constant, lane instructions
  std::vector<SimdTarget> targets = simd_targets();
  if (targets.empty()) targets.push_back(SimdTarget::automatic);
  std::vector<std::unique_ptr<Machine>> machines;
  for (const SimdTarget target : targets) machines.push_back(std::make_unique<Machine>(target, text));
  Inputs inputs;
  for (int round = 0; round < 60; ++round) {
    const std::array<Bytes, 3> input = inputs.next();
    size_t function = 0;
    for (const vm::OpcodeInfo& row : rows) {
      const Bytes expected = machines.back()->run(function, input);
      for (uint32_t variant = 0; variant < variants_of(row); ++variant, ++function)
        for (size_t m = 0; m < machines.size(); ++m) {
          const Bytes result = machines[m]->run(function, input);
          if (same_result(row, result, expected)) continue;
          FAIL(row.text << ", variant " << variant << ", target " << simd_target_name(targets[m])
                        << ", round " << round);
        }
    }
  }
}

TEST_CASE("a SIMD target that this machine lacks is replaced by the best one") {
  for (const SimdTarget target :
       {SimdTarget::automatic, SimdTarget::scalar, SimdTarget::sse4, SimdTarget::avx2, SimdTarget::neon}) {
    Fixture f(config_for(target));
    const Instance instance = f.instantiate(R"((func (export "f") (param i32) (result i32)
      (i32x4.extract_lane 3 (i32x4.mul (i32x4.splat (local.get 0)) (v128.const i32x4 1 2 3 -4)))))");
    CHECK(must(must(instance.func<int32_t(int32_t)>("f"))(5)) == -20);
  }
}

TEST_CASE("lanes are loaded and stored where the address, the vector and the result share slots", "[exec]") {
  Fixture f;
  const Instance instance = run_text(f, R"(
    (memory (export "memory") 1)
    (data (i32.const 0) "\00\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\0f")
    (func (export "load") (param i32) (result i64)
      (i64x2.extract_lane 1
        (v128.load16_lane offset=1 6 (i32.add (local.get 0) (i32.const 2))
          (i8x16.add (v128.load (i32.const 0)) (v128.const i64x2 0 0)))))
    (func (export "store") (param i32) (result i64)
      (v128.store32_lane offset=4 3 (i32.add (local.get 0) (i32.const 28)) (v128.load (i32.const 0)))
      (i64.load (i32.const 32)))
    (func (export "local") (param i32 v128) (result i64)
      (local.set 1 (v128.load8_lane 0 (local.get 0) (local.get 1)))
      (i64x2.extract_lane 0 (local.get 1))))");
  CHECK(must(must(instance.func<uint64_t(int32_t)>("load"))(2)) == 0x0f0e'0605'0b0a'0908);
  CHECK(must(must(instance.func<uint64_t(int32_t)>("store"))(0)) == 0x0f0e'0d0c);
  const V128 vector = {0x11, 0x12, 0x13};
  CHECK(must(must(instance.func<uint64_t(int32_t, V128)>("local"))(9, vector)) == 0x13'1209);
}

TEST_CASE("vector loads and stores check bounds in every addressing mode", "[exec]") {
  Fixture f;
  const Instance instance = run_text(f, R"(
    (memory (export "memory") 1)
    (func (export "plain") (param i32 i32) (v128.store offset=8 (local.get 0) (v128.load offset=8 (local.get 0))))
    (func (export "indexed") (param i32 i32)
      (v128.store (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 2)))
        (v128.load (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 2))))))
    (func (export "wrapped") (param i32 i32)
      (v128.store (i32.add (local.get 0) (i32.const 8)) (v128.load (i32.add (local.get 0) (i32.const 8)))))
    (func (export "both") (param i32 i32)
      (v128.store (i32.add (i32.add (local.get 0) (local.get 1)) (i32.const 8))
        (v128.load (i32.add (i32.add (local.get 0) (local.get 1)) (i32.const 8)))))
    (func (export "extended") (param i32 i32) (drop (v128.load8x8_u offset=16 (local.get 0))))
    (func (export "splat") (param i32 i32) (drop (v128.load64_splat offset=16 (local.get 0))))
    (func (export "lane") (param i32 i32)
      (v128.store64_lane offset=16 1 (local.get 0) (v128.const i64x2 1 2))))");
  struct Case {
    const char* name;
    int32_t last, index;
  };
  for (const auto& [name, last, index] :
       {Case{"plain", 65'536 - 24, 0}, Case{"indexed", 65'536 - 20, 1}, Case{"wrapped", 65'536 - 24, 0},
        Case{"both", 65'536 - 26, 2}, Case{"extended", 65'536 - 24, 0}, Case{"splat", 65'536 - 24, 0},
        Case{"lane", 65'536 - 24, 0}}) {
    INFO(name);
    const auto function = must(instance.func<void(int32_t, int32_t)>(name));
    must(function(last, index));
    CHECK(error_of(function(last + 1, index)).code() == ErrorCode::out_of_bounds_memory_access);
    const bool wraps = std::string_view(name) == "wrapped" || std::string_view(name) == "both";
    if (!wraps)
      CHECK(error_of(function(-1, index == 0 ? 0 : -index)).code() == ErrorCode::out_of_bounds_memory_access);
  }
}

TEST_CASE("vectors go through calls, selects, globals and branches", "[exec]") {
  Fixture f;
  const Instance instance = run_text(f, R"(
    (global $g (mut v128) (v128.const i64x2 1 2))
    (func $swap (param v128 i32 v128) (result v128 v128) (local.get 2) (local.get 0))
    (func (export "f") (param i32) (result i64 i64)
      (local $x v128) (local $y v128)
      (call $swap (global.get $g) (i32.const 7) (v128.const i64x2 30 40))
      (local.set $y) (local.set $x)
      (global.set $g (select (local.get $x) (local.get $y) (local.get 0)))
      (block $out (result v128)
        (br_if $out (i64x2.add (local.get $x) (local.get $x)) (local.get 0))
        (drop) (local.get $y))
      (i64x2.extract_lane 0)
      (i64x2.extract_lane 1 (global.get $g))))");
  uint64_t slots[2] = {1, 0};
  must(must(instance.func("f")).call_raw(slots));
  CHECK(slots[0] == 60);
  CHECK(slots[1] == 40);
  slots[0] = 0;
  must(must(instance.func("f")).call_raw(slots));
  CHECK(slots[0] == 30);
  CHECK(slots[1] == 40);
}
