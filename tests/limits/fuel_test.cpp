// Fuel: a call gets exactly the fuel that it was given, wherever it spends it.
#include "skerry/suspendable_call.hpp"
#include "tests/limits/guests.hpp"
#include "tests/support/wasm.hpp"

#include <cstdint>
#include <string>
#include <vector>

using namespace skerry;
using namespace skerry::test;
using namespace skerry::test::limits;

namespace {

/// A module whose `run` has this body, and everything that the shapes below need.
std::string module_with(const std::string& functions) {
  return R"((module (global $steps (export "steps") (mut i32) (i32.const 0))
    (memory $m (export "memory") 1 10) (table $t (export "table") 16 funcref) (elem $e func $run)
    (data $d "0123456789012345678901234567890123456789012345678901234567890123456789") )" +
         functions + ")";
}

struct Shape {
  const char* name;
  std::string functions;
};

/// A loop with a thousand values: each turn adds one and moves all but the first down. Then they are
/// returned, past one more.
std::string values_that_move() {
  const std::string many = repeat(1'000, "i64 ");
  return "(type $loop (func (param " + many + ") (result " + many + "))) (func $move (result " + many +
         ") (local $i i32) (i64.const 1) " + repeat(1'000, "(i64.const 2) ") + "(loop $again (type $loop) " +
         std::string(step) +
         "(i64.const 3) (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) " +
         "(i32.const 100))) (return)) (return)) (func $run (export \"run\") (param $zero i32) (call $move) " +
         repeat(1'000, "drop ") + ")";
}

/// Ways to spend fuel without executing a loop. `run` takes an argument that is 0.
std::vector<Shape> shapes() {
  const std::string work = repeat(400, step);
  const auto run = [](const std::string& body) {
    return "(func $run (export \"run\") (param $zero i32) " + body + ")";
  };
  // Control leaves each block at its end, where the next stretch begins.
  const std::string skip = "(block (br_if 0 (i32.eqz (local.get $zero))) " + std::string(step) + ")";
  std::string nested = work;
  for (int i = 0; i < 20; ++i)
    nested = "(block " + repeat(30, step) + "(br_if 0 (local.get $zero)) " + nested + ")" + repeat(30, step);
  std::string table = "(block $end ";
  for (int i = 0; i < 20; ++i) table += "(block ";
  table += "(br_table 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 (local.get $zero)) ";
  for (int i = 0; i < 20; ++i) table += ") " + repeat(100, step);
  table += ")";
  const std::string down = "(func $down (param $n i32) (if (local.get $n) (then "
                           "(call $down (i32.sub (local.get $n) (i32.const 1))))) " +
                           repeat(50, step) + ") ";
  const std::string down_value = "(func $down (param $n i32) (result i32) (if (local.get $n) (then (drop "
                                 "(call $down (i32.sub (local.get $n) (i32.const 1)))))) " +
                                 repeat(50, step) + "(local.get $n)) ";
  const std::string both = "(if (local.get $zero) (then " + work + ") (else " + work + "))";
  return {
      {"a straight line", run(repeat(5'000, step))},
      {"forward branches over the ends of stretches", run(repeat(600, repeat(5, step) + skip))},
      {"blocks in blocks", run(nested)},
      {"both arms of conditions", run(repeat(10, both))},
      {"a branch table", run(table)},
      {"values that are dropped", run(repeat(5'000, "(drop (local.get $zero))") + std::string(step))},
      {"unwinding", down + run("(call $down (i32.const 100))")},
      {"unwinding with a result", down_value + run("(drop (call $down (i32.const 100)))")},
      {"unwinding through a table",
       "(type $f (func (param i32))) (table $u 1 funcref) (elem (table $u) (i32.const 0) func $down) (func "
       "$down "
       "(type $f) (if (local.get 0) (then (call_indirect $u (type $f) (i32.sub (local.get 0) (i32.const 1)) "
       "(i32.const 0)))) " +
           repeat(50, step) + ") " + run("(call $down (i32.const 100))")},
      {"locals that calls clear", "(func $many (local " + repeat(20'000, "i64 ") + ") " + std::string(step) +
                                      ") " + run(repeat(20, std::string(step) + "(call $many)"))},
      {"values that branches and returns move", values_that_move()},
      {"tail calls",
       "(func $f (param $n i32) " + repeat(50, step) +
           "(if (local.get $n) (then (return_call $f (i32.sub (local.get $n) (i32.const 1)))))) " +
           run("(call $f (i32.const 100))")},
      {"a loop", run("(local $i i32) (loop " + repeat(20, step) +
                     "(br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const "
                     "100))))")},
      {"loops that lead into each other",
       run("(local $i i32) (block $out (loop $a (br_if $out (i32.ge_u (local.get $i) (i32.const 200))) (loop "
           "$b "
           "(local.set $i (i32.add (local.get $i) (i32.const 1))) " +
           repeat(3, step) + "(br_if $a (i32.and (local.get $i) (i32.const 1))) (br $a))))")},
  };
}

struct Spent {
  bool ok = false;
  uint64_t steps = 0, used = 0;
  bool operator==(const Spent&) const = default;
};

/// Runs a new instance of the module with this much fuel.
Spent spend(const Engine& engine, const Module& module, uint64_t fuel) {
  Store store(engine);
  const Linker linker(engine);
  const Instance instance = must(linker.instantiate(store, module));
  const auto run = must(instance.func<void(int32_t)>("run"));
  store.set_fuel(fuel);
  const Result<void> result = run(0);
  if (!result) {
    CHECK(result.error().code() == ErrorCode::out_of_fuel);
    CHECK(store.fuel() == 0);
  }
  CHECK(store.fuel_used() <= fuel);
  return {result.has_value(), static_cast<uint32_t>(must(must(instance.global("steps")).get()).as_i32()),
          store.fuel_used()};
}

/// Amounts of fuel to try: small ones, those around the total, and a few between.
std::vector<uint64_t> amounts(uint64_t whole) {
  std::vector<uint64_t> list = {0, 1, 2, 3, 4, 5, whole - 1, whole, whole + 1};
  for (uint64_t fuel = 7; fuel < whole; fuel += whole / 9 + 1) list.push_back(fuel);
  return list;
}

} // namespace

TEST_CASE("a call ends when its fuel is used up, wherever it is spent", "[exec]") {
  const Engine engine(test_config());
  for (const Shape& shape : shapes()) {
    INFO(shape.name);
    const Module module = compile(engine, module_with(shape.functions));
    const Spent whole = spend(engine, module, Store::unlimited_fuel);
    REQUIRE(whole.ok);
    REQUIRE(whole.steps > 0);
    for (const uint64_t fuel : amounts(whole.used)) {
      INFO("fuel " << fuel << " of " << whole.used);
      const Spent spent = spend(engine, module, fuel);
      CHECK(spent.ok == (fuel >= whole.used));
      CHECK(spent.used == std::min(fuel, whole.used));
      CHECK(spent.steps * step_cost <= fuel + most_unpaid);
      if (fuel == 0) CHECK(spent.steps == 0);
    }
  }
}

TEST_CASE("data that an ordinary instruction clears or moves costs as much as in a bulk instruction",
          "[exec]") {
  Fixture f;
  const auto used = [&](const std::string& functions) {
    const Spent spent = spend(f.engine, compile(f.engine, module_with(functions)), Store::unlimited_fuel);
    REQUIRE(spent.ok);
    return spent.used;
  };
  const std::string run = R"((func $run (export "run") (param i32) (call $f)))";
  const uint64_t plain = used("(func $f (local i64) (local.set 0 (i64.const 1)))" + run);
  const auto with_locals = [&](int count, const char* type) {
    return used("(func $f (local " + repeat(count, type) + ") (local.set 0 (" + std::string(type, 3) +
                ".const 1)))" + run) -
           plain;
  };
  CHECK(with_locals(7, "i64 ") == 0);
  CHECK(with_locals(8, "i32 ") == 1);
  CHECK(with_locals(50'000, "f64 ") == 6'250);
  CHECK(used(values_that_move()) > 100 * 1'000 / 8);
}

TEST_CASE("fuel is cut at the same points in every configuration") {
  Config slices, moving, plain;
  slices.fuel_slice = 1;
  moving.fuel_slice = 13, moving.move_stack = true;
  plain.fusion = false;
  const Engine engine, others[] = {Engine(slices), Engine(moving), Engine(plain)};
  for (const Shape& shape : shapes()) {
    INFO(shape.name);
    const Module module = compile(engine, module_with(shape.functions));
    const uint64_t whole = spend(engine, module, Store::unlimited_fuel).used;
    for (const Engine& other : others) {
      const Module same = compile(other, module_with(shape.functions));
      for (const uint64_t fuel : amounts(whole)) {
        INFO("fuel " << fuel << " of " << whole);
        CHECK(spend(other, same, fuel) == spend(engine, module, fuel));
      }
    }
  }
}

TEST_CASE("effects outside a call begin only after the fuel for earlier instructions is paid", "[exec]") {
  struct Operation {
    const char* name;
    std::string_view text;
    uint64_t cost;      // in addition to the instructions
    uint64_t after = 0; // instructions after it
  };
  const Operation operations[] = {
      {"a host function", "(call $host)", 0},
      {"a host function through a table", "(call_indirect $h (i32.const 0))", 0},
      {"a host function by reference", "(call_ref $v (ref.func $host))", 0},
      {"a tail call of a host function", "(return_call $host)", 0},
      {"memory.grow", "(drop (memory.grow (i32.const 1)))", 0, 1},
      {"memory.fill", "(memory.fill (i32.const 0) (i32.const 1) (i32.const 640))", 10},
      {"memory.copy", "(memory.copy (i32.const 0) (i32.const 64) (i32.const 64))", 1},
      {"memory.init", "(memory.init $d (i32.const 0) (i32.const 0) (i32.const 70))", 1},
      {"table.grow", "(drop (table.grow $t (ref.func $run) (i32.const 5)))", 5, 1},
      {"table.fill", "(table.fill $t (i32.const 0) (ref.func $run) (i32.const 7))", 7},
      {"table.init", "(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1))", 1},
      {"table.copy", "(table.copy $t $t (i32.const 0) (i32.const 15) (i32.const 1))", 1},
  };
  for (const Operation& operation : operations) {
    INFO(operation.name);
    Fixture f;
    int calls = 0;
    f.linker.define("env", "host", [&] { ++calls; });
    const std::string text = R"((module (import "env" "host" (func $host)) (type $v (func))
      (memory (export "memory") 1 10) (table $t (export "table") 16 funcref)
      (table $h funcref (elem $host)) (elem $e func $run $host)
      (data (i32.const 64) "\01") (elem (table $t) (i32.const 15) func $run)
      (data $d "0123456789012345678901234567890123456789012345678901234567890123456789")
      (func $run (export "run") (nop) (drop (i32.const 1)) (drop (i32.const 1)) (drop (i32.const 1)) )" +
                             std::string(operation.text) + "))";
    const Module module = compile(f.engine, text);
    const auto touched = [&](const Instance& instance) {
      const Memory memory = must(instance.memory("memory"));
      const Table table = must(instance.table("table"));
      return calls > 0 || memory.bytes().size() > 65'536 || memory.bytes()[0] != std::byte{0} ||
             table.size() > 16 || !must(table.get(0)).as_ref().is_null();
    };
    f.store.set_fuel(1'000);
    const Instance first = must(f.linker.instantiate(f.store, module));
    must(must(first.func<void()>("run"))());
    CHECK(touched(first));
    const uint64_t whole = 1'000 - f.store.fuel();
    CHECK(whole > 6 + operation.cost);
    for (uint64_t fuel = 0; fuel <= whole; ++fuel) {
      INFO("fuel " << fuel << " of " << whole);
      calls = 0;
      const Instance instance = must(f.linker.instantiate(f.store, module));
      const auto run = must(instance.func<void()>("run"));
      f.store.set_fuel(fuel);
      CHECK(run().has_value() == (fuel == whole));
      CHECK(touched(instance) == (fuel + operation.after >= whole));
    }
  }
}

TEST_CASE("with fuel 0 nothing runs, host functions included", "[exec]") {
  Fixture f;
  int calls = 0;
  f.linker.define("env", "host", [&] { ++calls; });
  const Module module = compile(f.engine, R"((module (import "env" "host" (func $host))
    (export "host" (func $host)) (func (export "empty")) (func (export "call") (call $host))))");
  const Instance instance = must(f.linker.instantiate(f.store, module));
  f.store.set_fuel(0);
  for (const char* name : {"host", "empty", "call"}) {
    INFO(name);
    CHECK(error_of(must(instance.func<void()>(name))()).code() == ErrorCode::out_of_fuel);
  }
  CHECK(calls == 0);
  const Module starting = compile(f.engine, "(module (func $f) (start $f))");
  CHECK(error_of(f.linker.instantiate(f.store, starting)).code() == ErrorCode::out_of_fuel);
}

TEST_CASE("a trap past the end of the fuel is not reported", "[exec]") {
  Fixture f(StoreLimits{.stack_bytes = 64 << 10});
  const Instance instance = f.instantiate(R"((module (memory 1)
    (func (export "unreachable") (nop) (drop (i32.const 1)) unreachable)
    (func (export "load") (drop (i32.load (i32.const -1))))
    (func (export "divide") (drop (i32.div_u (i32.const 1) (i32.const 0))))
    (func (export "fill") (memory.fill (i32.const -1) (i32.const 0) (i32.const 100)))
    (func $deep (export "deep") (call $deep))))");
  for (const char* name : {"unreachable", "load", "divide", "fill", "deep"}) {
    INFO(name);
    const auto func = must(instance.func<void()>(name));
    f.store.set_fuel(Store::unlimited_fuel);
    const uint64_t before = f.store.fuel_used();
    const ErrorCode trap = error_of(func()).code();
    const uint64_t whole = f.store.fuel_used() - before;
    REQUIRE(trap != ErrorCode::out_of_fuel);
    for (uint64_t fuel = 0; fuel <= whole; fuel += whole / 20 + 1) {
      f.store.set_fuel(fuel);
      CHECK(error_of(func()).code() == (fuel < whole ? ErrorCode::out_of_fuel : trap));
    }
    f.store.set_fuel(whole);
    CHECK(error_of(func()).code() == trap);
    CHECK(f.store.fuel() == 0);
  }
}

TEST_CASE("a call in pieces never uses more fuel than it was given so far", "[exec]") {
  const Engine engine(test_config());
  for (const Shape& shape : shapes()) {
    INFO(shape.name);
    const Module module = compile(engine, module_with(shape.functions));
    const Spent whole = spend(engine, module, Store::unlimited_fuel);
    Store store(engine);
    const Instance instance = must(Linker(engine).instantiate(store, module));
    store.set_fuel(0);
    const uint64_t start = store.fuel_used();
    auto call =
        must(SuspendableCall::prepare(must(instance.func("run")), std::vector<Value>{Value(int32_t{0})}));
    uint64_t given = 0;
    const uint64_t piece = whole.used / 50 + 1;
    do {
      store.set_fuel(given == 0 ? 0 : piece); // the first call has no fuel: nothing may run
      const SuspendableCall::State state = must(call.run());
      if (given == 0) CHECK(static_cast<uint32_t>(must(must(instance.global("steps")).get()).as_i32()) == 0);
      CHECK(store.fuel_used() - start <= given);
      given += piece;
      if (state == SuspendableCall::State::finished) break;
      REQUIRE(state == SuspendableCall::State::out_of_fuel);
    } while (given < whole.used + 100 * piece);
    CHECK(store.fuel_used() - start == whole.used);
    CHECK(static_cast<uint32_t>(must(must(instance.global("steps")).get()).as_i32()) == whole.steps);
  }
}
