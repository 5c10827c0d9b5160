// Superinstructions in place, and copies of what jumps lead to: same results, same fuel, same positions of
// errors.
#include "tests/support/wasm.hpp"
#include "vm/translate/fusion.hpp"

#include <array>
#include <cstring>

using namespace skerry;
using namespace skerry::test;

namespace {

/// Handlers are told apart by their addresses only.
vm::Handler handler(uintptr_t number) { return reinterpret_cast<vm::Handler>(number * 16); }

std::vector<uintptr_t> fused(std::vector<uintptr_t> code, const vm::SequenceTable& table) {
  std::vector<std::byte> bytes(code.size() * 16);
  std::vector<uint32_t> starts;
  for (size_t i = 0; i < code.size(); ++i) {
    const vm::Handler one = handler(code[i]);
    std::memcpy(&bytes[i * 16], &one, sizeof one);
    starts.push_back(static_cast<uint32_t>(i * 16));
  }
  vm::fuse_sequences(bytes.data(), starts, table);
  for (size_t i = 0; i < code.size(); ++i) {
    std::memcpy(&code[i], &bytes[i * 16], sizeof code[i]);
    code[i] /= 16;
  }
  return code;
}

vm::SequenceTable table_of(std::initializer_list<std::array<uintptr_t, 3>> rows) {
  std::vector<vm::Sequence> sequences;
  for (const auto& [first, second, both] : rows)
    sequences.push_back({handler(first), handler(second), handler(both)});
  const std::span<const vm::Sequence> parts[] = {sequences};
  return vm::SequenceTable(parts);
}

/// An interpreter's loop: two opcodes jump to a common tail, that to the dispatch; the third ends. Memory
/// holds the program, from address 0 on.
constexpr std::string_view machine = R"((module (memory (export "memory") 1)
  (func (export "run") (param $pc i32) (result i32) (local $sum i32)
    (loop $next
      (block $tail
        (block $add
          (block $end
            (br_table $add $tail $end (i32.load8_u (local.get $pc))))
          (return (local.get $sum)))
        (local.set $sum (i32.add (local.get $sum) (i32.const 10)))
        (br $tail))
      (local.set $pc (i32.add (local.get $pc) (i32.load8_u offset=1 (local.get $pc))))
      (local.set $sum (i32.add (local.get $sum) (i32.const 1)))
      (br $next))
    (unreachable))))";

} // namespace

TEST_CASE("the longest sequence is used, and jumps into it stay possible") {
  const auto table = table_of({{1, 2, 12}, {12, 3, 123}, {2, 3, 23}});
  CHECK(fused({1, 2, 3, 4}, table) == std::vector<uintptr_t>{123, 23, 3, 4});
}

TEST_CASE("the fewest dispatches to the end count, not the first match") {
  const auto table = table_of({{1, 2, 12}, {2, 3, 23}, {23, 4, 234}});
  CHECK(fused({1, 2, 3, 4}, table) == std::vector<uintptr_t>{1, 234, 3, 4});
}

TEST_CASE("nothing to fuse leaves code alone") {
  CHECK(fused({1, 2, 3}, table_of({})) == std::vector<uintptr_t>{1, 2, 3});
  CHECK(fused({}, table_of({{1, 2, 12}})).empty());
}

TEST_CASE("copied jump targets compute and charge the same", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(machine);
  const auto memory = must(instance.memory("memory"));
  const auto write = [&](std::initializer_list<uint8_t> bytes) {
    size_t at = 0;
    for (const uint8_t byte : bytes) memory.bytes()[at++] = std::byte{byte};
  };
  const auto run = must(instance.func<int32_t(int32_t)>("run"));
  write({0, 2, 1, 2, 0, 2, 2});
  f.store.set_fuel(1000);
  CHECK(must(run(0)) == 23);
  // Four dispatches of 3 instructions, two additions of 5, three tails of 10, and the end of 2.
  CHECK(f.store.fuel_used() == 4 * 3 + 2 * 5 + 3 * 10 + 2);

  SECTION("a trap in a copy is where the original is, with the fuel that was owed") {
    write({0, 255, 9});
    f.store.set_fuel(1000);
    const Error error = error_of(run(65535));
    CHECK(error.code() == ErrorCode::out_of_bounds_memory_access);
    const Error original = error_of(run(65536));
    CHECK(original.offset() < error.offset());
  }
}
