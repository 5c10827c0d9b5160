#include "skerry/suspendable_call.hpp"

#include "skerry/image.hpp"
#include "tests/support/wasm.hpp"

#include <thread>

using namespace skerry;
using namespace skerry::test;
using State = SuspendableCall::State;

namespace {

/// Loops, calls, recursion, floats, vectors of locals, memory and host calls: everything that a suspension
/// could lose.
constexpr std::string_view busy = R"((module
  (import "env" "note" (func $note (param i32) (result i32)))
  (memory (export "memory") 1)
  (global $sum (mut i64) (i64.const 0))
  (table funcref (elem $fib $twice))
  (func $fib (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2)) (then (local.get 0))
      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
  (func $twice (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func (export "run") (param $n i32) (result i64 f64)
    (local $i i32) (local $x f64) (local $y f32)
    (local.set $x (f64.const 1))
    (loop $l
      (local.set $x (f64.add (f64.mul (local.get $x) (f64.const 1.25)) (f64.convert_i32_s (local.get $i))))
      (local.set $y (f32.add (local.get $y) (f32.const 0.5)))
      (i32.store (i32.mul (local.get $i) (i32.const 4)) (call_indirect (param i32) (result i32) (local.get $i) (i32.and (local.get $i) (i32.const 1))))
      (global.set $sum (i64.add (global.get $sum) (i64.extend_i32_u (i32.load (i32.mul (local.get $i) (i32.const 4))))))
      (global.set $sum (i64.add (global.get $sum) (i64.extend_i32_u (call $note (local.get $i)))))
      (br_if $l (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (global.get $sum)
    (f64.add (local.get $x) (f64.promote_f32 (local.get $y))))))";

struct Notes {
  int asked = 0, given = 0;
  int delay = 0; // how often the host function is not ready before each answer
};

struct SuspendFixture : Fixture {
  SuspendFixture() {
    linker.define("env", "note", [this](Caller& caller, int32_t value) -> Result<int32_t> {
      if (++notes.asked % (notes.delay + 1) != 0) return caller.not_ready();
      ++notes.given;
      return value * 3;
    });
  }
  Notes notes;
};

} // namespace

TEST_CASE_METHOD(SuspendFixture,
                 "a call cut at every fuel value gives the same result and uses the same fuel", "[exec]") {
  const Instance instance = instantiate(busy);
  const Image image = must(Image::freeze(instance));
  const Func run = must(instance.func("run"));
  const std::vector<Value> args{Value(int32_t{9})};
  const std::vector<Value> expected = must(run.call(args));
  const uint64_t before = store.fuel_used();
  must(image.restore(instance));
  must(run.call(args));
  const uint64_t whole = store.fuel_used() - before;
  const uint64_t step = test_mode() == "default" ? 1 : 7; // the other modes are slow
  for (uint64_t cut = 1; cut < whole + 2; cut += step) {
    must(image.restore(instance));
    const uint64_t start = store.fuel_used();
    auto call = must(SuspendableCall::prepare(run, args));
    int pieces = 0;
    while (true) {
      store.set_fuel(cut);
      const State state = must(call.run());
      ++pieces;
      if (state == State::finished) break;
      REQUIRE(state == State::out_of_fuel);
      REQUIRE(pieces < 100'000);
    }
    const auto results = call.results();
    REQUIRE(results.size() == 2);
    REQUIRE(results[0].as_i64() == expected[0].as_i64());
    REQUIRE(results[1].as_f64() == expected[1].as_f64());
    REQUIRE(store.fuel_used() - start == whole);
    if (cut < whole / 4) REQUIRE(pieces > 1);
  }
}

TEST_CASE_METHOD(SuspendFixture, "a loop's machine registers survive cuts", "[exec]") {
  // Pinned locals and temporaries of all classes, and no call that would write them to their slots.
  const Instance instance = instantiate(R"((module
    (func (export "run") (param $n i32) (result i64 f64)
      (local $a i32) (local $b i64) (local $x f64) (local $y f64)
      (local.set $y (f64.const 1))
      (loop $l
        (local.set $b (i64.add (i64.mul (local.get $b) (i64.const 3)) (i64.extend_i32_u (local.get $a))))
        (local.set $x (f64.add (f64.mul (local.get $x) (f64.const 0.5)) (local.get $y)))
        (local.set $y (f64.sub (local.get $y) (f64.const 0.25)))
        (br_if $l (i32.lt_u (local.tee $a (i32.add (local.get $a) (i32.const 1))) (local.get $n))))
      (local.get $b) (local.get $x))))");
  const Func run = must(instance.func("run"));
  const std::vector<Value> args{Value(int32_t{20})};
  const std::vector<Value> expected = must(run.call(args));
  for (uint64_t fuel = 1; fuel < 100; ++fuel) {
    auto call = must(SuspendableCall::prepare(run, args));
    int runs = 0;
    do store.set_fuel(fuel);
    while (++runs < 1000 && must(call.run()) != State::finished);
    REQUIRE(call.results().size() == 2);
    CHECK(call.results()[0].as_i64() == expected[0].as_i64());
    CHECK(call.results()[1].as_f64() == expected[1].as_f64());
  }
  store.set_fuel(Store::unlimited_fuel);
}

TEST_CASE_METHOD(SuspendFixture, "a host function that is not ready suspends the call and is called again",
                 "[exec]") {
  const Instance instance = instantiate(busy);
  const Image image = must(Image::freeze(instance));
  const Func run = must(instance.func("run"));
  const std::vector<Value> args{Value(int32_t{9})};
  const auto expected = must(run.call(args));
  const uint64_t before = store.fuel_used();
  must(image.restore(instance));
  must(run.call(args));
  const uint64_t whole = store.fuel_used() - before;
  must(image.restore(instance));
  notes = {.delay = 2};
  const uint64_t start = store.fuel_used();
  auto call = must(SuspendableCall::prepare(run, args));
  int waits = 0;
  State state = must(call.run());
  for (; state == State::not_ready; state = must(call.run())) ++waits;
  CHECK(state == State::finished);
  CHECK(waits == 18);
  CHECK(notes.given == 9);
  CHECK(call.results()[0].as_i64() == expected[0].as_i64());
  CHECK(store.fuel_used() - start == whole);
}

TEST_CASE_METHOD(SuspendFixture, "a suspended call can continue in another thread", "[exec]") {
  const Instance instance = instantiate(busy);
  auto call =
      must(SuspendableCall::prepare(must(instance.func("run")), std::vector<Value>{Value(int32_t{9})}));
  store.set_fuel(50);
  CHECK(must(call.run()) == State::out_of_fuel);
  std::thread([&] {
    store.set_fuel(1'000'000);
    CHECK(must(call.run()) == State::finished);
  }).join();
  CHECK(call.results().size() == 2);
}

TEST_CASE_METHOD(SuspendFixture, "a suspended call blocks other calls in its store until it is dropped",
                 "[exec]") {
  const Instance instance = instantiate(busy);
  const Func run = must(instance.func("run"));
  const std::vector<Value> args{Value(int32_t{5})};
  {
    auto call = must(SuspendableCall::prepare(run, args));
    auto other = must(SuspendableCall::prepare(run, args));
    store.set_fuel(50);
    CHECK(must(call.run()) == State::out_of_fuel);
    store.set_fuel(1'000'000);
    CHECK(error_of(run.call(args)).kind() == ErrorKind::usage);
    CHECK(error_of(other.run()).kind() == ErrorKind::usage);
    auto moved = std::move(call);
    CHECK(error_of(call.run()).kind() == ErrorKind::usage); // NOLINT(bugprone-use-after-move)
  }
  CHECK(run.call(args).has_value());
}

TEST_CASE_METHOD(SuspendFixture, "resetting an instance ends the call that is suspended in it", "[exec]") {
  const Instance instance = instantiate(busy);
  const Image image = must(Image::freeze(instance));
  const Func run = must(instance.func("run"));
  auto call = must(SuspendableCall::prepare(run, std::vector<Value>{Value(int32_t{5})}));
  store.set_fuel(50);
  CHECK(must(call.run()) == State::out_of_fuel);
  must(image.restore(instance));
  CHECK(error_of(call.run()).kind() == ErrorKind::usage);
  store.set_fuel(1'000'000);
  CHECK(run.call(std::vector<Value>{Value(int32_t{5})}).has_value());
}

TEST_CASE_METHOD(SuspendFixture, "other calls fail as before: out of fuel, not ready, traps", "[exec]") {
  const Instance instance = instantiate(busy);
  const Func run = must(instance.func("run"));
  const std::vector<Value> args{Value(int32_t{5})};
  store.set_fuel(50);
  CHECK(error_of(run.call(args)).code() == ErrorCode::out_of_fuel);
  store.set_fuel(1'000'000);
  notes.delay = 1;
  CHECK(error_of(run.call(args)).kind() == ErrorKind::host);
  const Instance trapping = instantiate("(module (func (export \"f\") (loop (nop)) unreachable))");
  auto call = must(SuspendableCall::prepare(must(trapping.func("f")), {}));
  CHECK(error_of(call.run()).code() == ErrorCode::unreachable);
  CHECK(error_of(call.run()).kind() == ErrorKind::usage);
}

TEST_CASE_METHOD(SuspendFixture, "a call that ended at its deadline cannot continue") {
  const Instance instance = instantiate("(module (func (export \"f\") (loop (br 0))))");
  auto call = must(SuspendableCall::prepare(must(instance.func("f")), {}));
  store.set_deadline(Store::Clock::now());
  CHECK(error_of(call.run()).code() == ErrorCode::deadline_exceeded);
  CHECK(error_of(call.run()).kind() == ErrorKind::usage);
}
