// Superinstructions in place, and copies of jump targets: same results, same fuel, same positions of errors.
#include "tests/support/sequences.hpp"
#include "tests/support/wasm.hpp"
#include "vm/code/compiled_module.hpp"
#include "vm/exec/handlers.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/module/module.hpp"
#include "vm/translate/emit/fusion.hpp"

#include <array>
#include <cstring>

using namespace skerry;
using namespace skerry::test;

namespace {

/// The handlers' numbers of this code after fusion.
std::vector<vm::HandlerNumber> fused(std::vector<vm::HandlerNumber> code, const Sequences& sequences) {
  std::vector<std::byte> bytes(code.size() * 16);
  std::vector<vm::InstructionStart> starts;
  for (uint32_t i = 0; i < code.size(); ++i) {
    const vm::Handler handler = Sequences::handler_of(code[i]);
    std::memcpy(&bytes[i * 16], &handler, sizeof handler);
    starts.push_back({i * 16, code[i]});
  }
  vm::Fusion(bytes.data(), sequences.table()).fuse(starts);
  for (uint32_t i = 0; i < code.size(); ++i) {
    uintptr_t handler = 0;
    std::memcpy(&handler, &bytes[i * 16], sizeof handler);
    code[i] = static_cast<vm::HandlerNumber>(handler / 16);
  }
  return code;
}

/// An interpreter's loop: two opcodes jump to a common tail, and the tail to the dispatch; the third opcode
/// ends. Memory holds the program, from address 0 on.
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
  const Sequences sequences({{1, 2}, {4096, 3}, {2, 3}});
  CHECK(fused({1, 2, 3, 4}, sequences) == std::vector<vm::HandlerNumber>{4097, 4098, 3, 4});
}

TEST_CASE("the fewest dispatches to the end count, not the first match") {
  const Sequences sequences({{1, 2}, {2, 3}, {4097, 4}});
  CHECK(fused({1, 2, 3, 4}, sequences) == std::vector<vm::HandlerNumber>{1, 4098, 3, 4});
}

TEST_CASE("code without a known sequence stays unchanged") {
  CHECK(fused({1, 2, 3}, Sequences({})) == std::vector<vm::HandlerNumber>{1, 2, 3});
  CHECK(fused({}, Sequences({{1, 2}})).empty());
}

TEST_CASE("a loop has superinstructions, where the build has any") {
  const std::vector<std::byte> bytes = must(wat::to_binary(R"((module
    (func (param i32) (result i32) (local i32)
      (loop $l
        (local.set 1 (i32.add (local.get 1) (i32.const 8)))
        (br_if $l (i32.ne (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 10))))
      (local.get 1))))"));
  const auto handlers = [&](bool fusion) {
    Config config;
    config.fusion = fusion;
    const Engine engine(config);
    const Module module = must(Module::compile(engine, bytes));
    vm::WorkMeter meter(engine.data()->work_budget);
    const vm::Code* code = must(engine.data()->translate(*module.data(), 0, meter));
    return std::vector<std::byte>(code->bytes.get(), code->bytes.get() + code->size);
  };
  const auto with = handlers(true), without = handlers(false);
  CHECK(with.size() == without.size());
  CHECK((with != without) == (vm::sequence_table() != nullptr));
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
