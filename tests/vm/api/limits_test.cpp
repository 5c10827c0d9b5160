// Fuel, time, stack and memory: the limits that stop a running call.
#include "tests/support/wasm.hpp"

#include <chrono>
#include <thread>

using namespace skerry;
using namespace skerry::test;
using namespace std::chrono_literals;

namespace {

constexpr auto loops = R"((module
  (memory (export "memory") 1)
  (func (export "forever") (loop (br 0)))
  (func (export "count") (param i32) (result i32) (local i32)
    (loop
      (local.set 1 (i32.add (local.get 1) (i32.const 1)))
      (br_if 0 (i32.lt_u (local.get 1) (local.get 0))))
    (local.get 1))
  (func $leaf (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func (export "calls") (result i32) (call $leaf (call $leaf (i32.const 1))))
  (func (export "fill") (memory.fill (i32.const 0) (i32.const 1) (i32.const 6400)))
  (func (export "trap") (nop) (i32.const 1) (drop) (unreachable))))";

constexpr uint64_t per_round = 8; // local.get, const, add, set, local.get, local.get, lt_u, br_if

uint64_t used_by(Fixture& f, const Func& func, std::vector<Value> args) {
  const uint64_t before = f.store.fuel_used();
  (void)func.call(args);
  return f.store.fuel_used() - before;
}

} // namespace

TEST_CASE("fuel counts instructions exactly", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(loops);
  const Func count = must(instance.func("count"));
  CHECK(used_by(f, count, {Value(int32_t{1})}) == per_round + 1);
  CHECK(used_by(f, count, {Value(int32_t{1'000})}) == 1'000 * per_round + 1);
  // const, call, get, const, add, call, get, const, add
  CHECK(used_by(f, must(instance.func("calls")), {}) == 9);
  // three constants, the instruction, one more for each 64 bytes
  CHECK(used_by(f, must(instance.func("fill")), {}) == 4 + 100);
  CHECK(used_by(f, must(instance.func("trap")), {}) == 3);
}

TEST_CASE("a call succeeds with exactly enough fuel and fails with less", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(loops);
  const auto count = must(instance.func<int32_t(int32_t)>("count"));
  f.store.set_fuel(100 * per_round + 1);
  CHECK(must(count(100)) == 100);
  CHECK(f.store.fuel() == 0);
  f.store.set_fuel(50 * per_round);
  const Error error = error_of(count(100));
  CHECK(error.kind() == ErrorKind::exhaustion);
  CHECK(error.code() == ErrorCode::out_of_fuel);
  CHECK(f.store.fuel() == 0);
  f.store.set_fuel(1'000);
  CHECK(must(count(2)) == 2);
}

TEST_CASE("fuel holds over calls and instances", "[exec]") {
  Fixture f;
  const Instance a = f.instantiate(loops);
  const Instance b = f.instantiate(loops);
  f.store.set_fuel(10'000);
  for (const Instance& instance : {a, b}) must(must(instance.func<int32_t(int32_t)>("count"))(100));
  CHECK(f.store.fuel() == 10'000 - 2 * (100 * per_round + 1));
}

TEST_CASE("host functions take fuel and see what is left", "[exec]") {
  Fixture f;
  uint64_t left = 0;
  f.linker.define("env", "f", [&](Caller& caller, int64_t take) -> Result<void> {
    if (auto ok = caller.consume_fuel(static_cast<uint64_t>(take)); !ok) return ok;
    left = f.store.fuel();
    return {};
  });
  const Instance instance = f.instantiate(R"((module
    (import "env" "f" (func $f (param i64)))
    (func (export "run") (param i64) (nop) (call $f (local.get 0)))))");
  const auto run = must(instance.func<void(int64_t)>("run"));
  f.store.set_fuel(1'000);
  REQUIRE(run(300).has_value());
  CHECK(left == 1'000 - 2 - 300); // local.get, call
  CHECK(f.store.fuel() == left);
  CHECK(error_of(run(5'000)).code() == ErrorCode::out_of_fuel);
  CHECK(f.store.fuel() == 0);
}

TEST_CASE("a host function can give more fuel to the call that runs", "[exec]") {
  Fixture f;
  f.linker.define("env", "f", [&] { f.store.set_fuel(100'000); });
  const Instance instance = f.instantiate(R"((module
    (import "env" "f" (func $f))
    (func (export "run") (param i32) (result i32) (local i32)
      (call $f)
      (loop
        (local.set 1 (i32.add (local.get 1) (i32.const 1)))
        (br_if 0 (i32.lt_u (local.get 1) (local.get 0))))
      (local.get 1))))");
  f.store.set_fuel(10);
  CHECK(must(must(instance.func<int32_t(int32_t)>("run"))(1'000)) == 1'000);
  CHECK(f.store.fuel() == 100'000 - 1'000 * per_round - 1);
}

TEST_CASE("a deadline stops a loop", "[exec]") {
  Fixture f;
  const auto forever = must(f.instantiate(loops).func<void()>("forever"));
  const auto begin = Store::Clock::now();
  f.store.set_deadline(begin + 30ms);
  const Error error = error_of(forever());
  CHECK(error.kind() == ErrorKind::exhaustion);
  CHECK(error.code() == ErrorCode::deadline_exceeded);
  CHECK(error.backtrace().at(0).func_name == "forever");
  const auto took = Store::Clock::now() - begin;
  CHECK(took >= 30ms);
  CHECK(took < 2s);
}

TEST_CASE("a cleared deadline has no effect", "[exec]") {
  Fixture f;
  const auto count = must(f.instantiate(loops).func<int32_t(int32_t)>("count"));
  f.store.set_deadline(Store::Clock::now() - 1s);
  CHECK(error_of(count(1'000'000)).code() == ErrorCode::deadline_exceeded);
  f.store.clear_deadline();
  CHECK(must(count(1'000)) == 1'000);
}

TEST_CASE("another thread interrupts a loop", "[exec]") {
  Fixture f;
  const auto forever = must(f.instantiate(loops).func<void()>("forever"));
  InterruptHandle handle = f.store.interrupt_handle();
  std::thread other([&] {
    std::this_thread::sleep_for(20ms);
    handle.interrupt();
  });
  const Error error = error_of(forever());
  other.join();
  CHECK(error.code() == ErrorCode::interrupted);
  CHECK(error.kind() == ErrorKind::exhaustion);
}

TEST_CASE("an interrupt ends one call only", "[exec]") {
  Fixture f;
  const auto count = must(f.instantiate(loops).func<int32_t(int32_t)>("count"));
  f.store.interrupt_handle().interrupt();
  CHECK(error_of(count(1'000'000)).code() == ErrorCode::interrupted);
  CHECK(must(count(1'000'000 / 100)) == 10'000);
}

TEST_CASE("an interrupt handle outlives its store") {
  std::optional<InterruptHandle> handle;
  {
    Fixture f;
    handle = f.store.interrupt_handle();
  }
  handle->interrupt();
  SUCCEED();
}

TEST_CASE("host functions see deadline and interrupt", "[exec]") {
  Fixture f;
  f.linker.define("env", "f", [](Caller& caller) { return caller.check_interrupt(); });
  const Instance instance =
      f.instantiate(R"((module (import "env" "f" (func $f)) (func (export "run") (call $f))))");
  const auto run = must(instance.func<void()>("run"));
  CHECK(run().has_value());
  f.store.set_deadline(Store::Clock::now() - 1s);
  CHECK(error_of(run()).code() == ErrorCode::deadline_exceeded);
}

TEST_CASE("a deep recursion ends with an error", "[exec]") {
  Fixture f(StoreLimits{.stack_bytes = 64 * 1024});
  const Instance instance = f.instantiate(R"((module
    (func $deep (export "deep") (param i32) (result i32)
      (if (result i32) (i32.eqz (local.get 0))
        (then (i32.const 0))
        (else (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))))))");
  const auto deep = must(instance.func<int32_t(int32_t)>("deep"));
  CHECK(must(deep(500)) == 500);
  const Error error = error_of(deep(1'000'000));
  CHECK(error.kind() == ErrorKind::exhaustion);
  CHECK(error.code() == ErrorCode::call_stack_exhausted);
  CHECK(error.backtrace().size() < 1'000);
  CHECK(must(deep(500)) == 500);
}

TEST_CASE("memory.grow and table.grow return -1 at the store's limits", "[exec]") {
  Fixture f(StoreLimits{.memory_bytes = 3 * 65'536, .table_elements = 4});
  const Instance instance = f.instantiate(R"((module
    (memory 1) (table 2 funcref)
    (func (export "memory") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "table") (param i32) (result i32) (table.grow 0 (ref.null func) (local.get 0)))
    (func (export "size") (result i32) (memory.size))))");
  const auto memory = must(instance.func<int32_t(int32_t)>("memory"));
  const auto table = must(instance.func<int32_t(int32_t)>("table"));
  CHECK(must(memory(3)) == -1);
  CHECK(must(memory(2)) == 1);
  CHECK(must(memory(1)) == -1);
  CHECK(must(must(instance.func<int32_t()>("size"))()) == 3);
  CHECK(must(table(3)) == -1);
  CHECK(must(table(2)) == 2);
  CHECK(must(table(-1)) == -1);
  CHECK(f.store.usage().memory_bytes == 3 * 65'536);
  CHECK(f.store.usage().table_elements == 4);
}
