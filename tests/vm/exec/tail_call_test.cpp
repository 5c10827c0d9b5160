// Tail calls between instances.
#include "skerry/func.hpp"

#include "tests/support/wasm.hpp"

#include <string>
#include <tuple>

using namespace skerry;
using namespace skerry::test;

namespace {

/// Two instances whose functions tail-call each other through a table that both share. `ping` counts down to
/// 0 and adds 1 in its own memory, and `pong` in another one.
struct PingPong : Fixture {
  PingPong() {
    ping = instantiate(R"((module
      (type $f (func (param i64 i32) (result i32 f64 i64)))
      (table (export "table") 2 funcref) (memory (export "memory") 1)
      (elem (i32.const 0) $ping)
      (func $count (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))))
      (func $ping (export "ping") (type $f) (local i64 i64 i64)
        (call $count)
        (if (i64.eqz (local.get 0))
          (then (return (local.get 1) (f64.const 0.5) (i64.const -1))))
        (return_call_indirect (type $f)
          (i64.sub (local.get 0) (i64.const 1)) (i32.add (local.get 1) (i32.const 2)) (i32.const 1)))
      (func (export "run") (type $f) (call $ping (local.get 0) (local.get 1)))
      (func (export "read") (result i32) (i32.load (i32.const 0)))))");
    linker.define_instance("ping", ping);
    pong = instantiate(R"((module
      (type $f (func (param i64 i32) (result i32 f64 i64)))
      (import "ping" "table" (table 2 funcref)) (import "ping" "ping" (func $ping (type $f)))
      (memory 1)
      (elem (i32.const 1) $pong)
      (func $pong (export "pong") (type $f)
        (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
        (return_call $ping (local.get 0) (local.get 1)))
      (func (export "run") (type $f) (call $ping (local.get 0) (local.get 1)))
      (func (export "read") (result i32) (i32.load (i32.const 8)))))");
  }

  using Results = std::tuple<int32_t, double, int64_t>;
  Results run(const Instance& instance, const std::string& name, int64_t times) {
    return must(must(instance.func<Results(int64_t, int32_t)>(name))(times, 0));
  }
  static int32_t read(const Instance& instance) { return must(must(instance.func<int32_t()>("read"))()); }

  Instance ping, pong;
};

} // namespace

TEST_CASE("chains of tail calls between instances take no stack", "[exec]") {
  PingPong f;
  constexpr int32_t times = 300'000;
  const PingPong::Results expected(2 * times, 0.5, -1);
  CHECK((f.run(f.ping, "ping", times) == expected)); // called by the host
  CHECK((f.run(f.ping, "run", times) == expected));  // called by a function of the same instance
  CHECK((f.run(f.pong, "run", times) == expected));  // called through a bridge
  CHECK((f.run(f.pong, "pong", times) == expected));
  CHECK(PingPong::read(f.ping) == 4 * (times + 1)); // each instance used its own memory
  CHECK(PingPong::read(f.pong) == 4 * times + 1);
}

TEST_CASE("a tail call to another instance passes more and fewer values than the caller has", "[exec]") {
  Fixture f;
  f.linker.define_instance("other", f.instantiate(R"((module
    (func (export "many") (param i32 i64 i64 i64 i64 i64 i64 v128) (result i64)
      (i64.add (i64.extend_i32_u (local.get 0))
               (i64.sub (local.get 6) (i64x2.extract_lane 1 (local.get 7)))))
    (func (export "none") (result i64) (i64.const 9))
    (func (export "vectors") (param v128) (result v128 i32) (local.get 0) (i32.const 3))))"));
  const Instance instance = f.instantiate(R"((module
    (import "other" "many" (func $many (param i32 i64 i64 i64 i64 i64 i64 v128) (result i64)))
    (import "other" "none" (func $none (result i64)))
    (import "other" "vectors" (func $vectors (param v128) (result v128 i32)))
    (func $to_many (param i32) (result i64)
      (return_call $many (local.get 0) (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5)
        (i64.const 60) (v128.const i64x2 7 8)))
    (func $to_none (param i64 i64 i64) (result i64) (return_call $none))
    (func $to_vectors (result v128 i32) (return_call $vectors (v128.const i64x2 11 12)))
    (func (export "many") (param i32) (result i64 i32) (call $to_many (local.get 0)) (i32.const 77))
    (func (export "none") (result i64) (i64.add (call $to_none (i64.const 1) (i64.const 2) (i64.const 3)) (i64.const 1)))
    (func (export "vectors") (result i64 i32) (local v128 i32)
      (call $to_vectors) (local.set 1) (local.set 0)
      (i64x2.extract_lane 1 (local.get 0)) (local.get 1))))");
  CHECK((must(must(instance.func<std::pair<int64_t, int32_t>(int32_t)>("many"))(5)) ==
         std::pair<int64_t, int32_t>(57, 77)));
  CHECK(must(must(instance.func<int64_t()>("none"))()) == 10);
  CHECK((must(must(instance.func<std::pair<int64_t, int32_t>()>("vectors"))()) ==
         std::pair<int64_t, int32_t>(12, 3)));
}

TEST_CASE("a backtrace has no frame of a function that ended with a tail call to another instance",
          "[exec]") {
  Fixture f;
  f.linker.define_instance("other", f.instantiate(R"((module
    (func (export "fails") (unreachable))))"));
  const Instance instance = f.instantiate(R"((module
    (import "other" "fails" (func $fails))
    (func $replaced (return_call $fails))
    (func (export "run") (call $replaced))))");
  const Error error = error_of(must(instance.func<void()>("run"))());
  CHECK(error.code() == ErrorCode::unreachable);
  REQUIRE(error.backtrace().size() == 2);
  CHECK(error.backtrace()[0].func_name == "fails");
  CHECK(error.backtrace()[1].func_name == "run");
}

TEST_CASE("a chain of tail calls between instances ends when its fuel does", "[exec]") {
  PingPong f;
  f.store.set_fuel(100'000);
  const auto run = must(f.ping.func<PingPong::Results(int64_t, int32_t)>("run"));
  CHECK(error_of(run(1'000'000, 0)).code() == ErrorCode::out_of_fuel);
}

TEST_CASE("a tail call to a function of another instance whose frame is too large exhausts the stack",
          "[exec]") {
  Fixture f(StoreLimits{.stack_bytes = 64 << 10});
  std::string locals;
  for (int i = 0; i < 40'000; ++i) locals += " i64";
  f.linker.define_instance("large", f.instantiate("(module (func (export \"f\") (local" + locals + ")))"));
  const Instance instance = f.instantiate(R"((module
    (import "large" "f" (func $f)) (func (export "run") (return_call $f))))");
  CHECK(error_of(must(instance.func<void()>("run"))()).code() == ErrorCode::call_stack_exhausted);
}
