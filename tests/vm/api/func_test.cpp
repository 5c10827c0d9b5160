#include "skerry/func.hpp"
#include "skerry/suspendable_call.hpp"

#include "tests/support/wasm.hpp"

#include <array>
#include <limits>
#include <thread>

using namespace skerry;
using namespace skerry::test;

TEST_CASE("a typed function is called like a C++ function", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "half") (param f64) (result f64) (f64.div (local.get 0) (f64.const 2)))
    (func (export "neg") (param f32) (result f32) (f32.neg (local.get 0)))
    (func (export "inc") (param i64) (result i64) (i64.add (local.get 0) (i64.const 1)))))");
  const auto add = must(instance.func<int32_t(int32_t, int32_t)>("add"));
  CHECK(must(add(1, 2)) == 3);
  CHECK(must(add(-5, 2)) == -3);
  CHECK(must(add(std::numeric_limits<int32_t>::max(), 1)) == std::numeric_limits<int32_t>::min());
  CHECK(must(must(instance.func<uint32_t(uint32_t, uint32_t)>("add"))(0xffff'ffff, 2)) == 1);
  CHECK(must(must(instance.func<double(double)>("half"))(3)) == 1.5);
  CHECK(must(must(instance.func<float(float)>("neg"))(2.5f)) == -2.5f);
  CHECK(must(must(instance.func<int64_t(int64_t)>("inc"))(-1)) == 0);
}

TEST_CASE("several results are a tuple", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (func (export "swap") (param i32 f64) (result f64 i32) (local.get 1) (local.get 0))
    (func (export "three") (result i64 i64 i64) (i64.const 1) (i64.const 2) (i64.const 3))
    (func (export "none"))))");
  const auto swapped =
      must(must(instance.func<std::tuple<double, int32_t>(int32_t, double)>("swap"))(7, 0.5));
  CHECK((swapped == std::tuple(0.5, 7)));
  const auto three = must(instance.func<std::tuple<int64_t, int64_t, int64_t>()>("three"));
  CHECK((must(three()) == std::tuple<int64_t, int64_t, int64_t>(1, 2, 3)));
  CHECK(must(instance.func<void()>("none"))().has_value());
}

TEST_CASE("typed functions take and return bools, enumerations and pairs", "[exec]") {
  enum class Level : int32_t { low = -1, high = 7 };
  enum Wide : uint64_t { wide = uint64_t{1} << 40 };
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (func (export "id") (param i32) (result i32) (local.get 0))
    (func (export "id64") (param i64) (result i64) (local.get 0))
    (func (export "two") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))))");
  const auto is_set = must(instance.func<bool(int32_t)>("id"));
  CHECK_FALSE(must(is_set(0)));
  CHECK(must(is_set(1)));
  CHECK(must(is_set(-256)));
  CHECK(must(must(instance.func<int32_t(bool)>("id"))(true)) == 1);
  CHECK(must(must(instance.func<Level(Level)>("id"))(Level::low)) == Level::low);
  CHECK(must(must(instance.func<Level(int32_t)>("id"))(7)) == Level::high);
  CHECK(must(must(instance.func<Wide(Wide)>("id64"))(wide)) == wide);
  const auto two = must(instance.func<std::pair<int64_t, bool>(bool, int64_t)>("two"));
  CHECK((must(two(true, 5)) == std::pair<int64_t, bool>(5, true)));
  CHECK(error_of(instance.func<bool(int64_t)>("id")).kind() == ErrorKind::usage);
}

TEST_CASE("arguments are listed in the call", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (func (export "f") (param i32 f64 i64) (result i64) (local.get 2)) (func (export "none"))))");
  CHECK(must(must(instance.func("f")).call({1, 2.5, int64_t{3}})).at(0).as_i64() == 3);
  CHECK(error_of(must(instance.func("f")).call({1, 2.5, 3})).message() ==
        "type mismatch: expected i64, got i32 (argument 2)");
  CHECK(must(must(instance.func("none")).call({})).empty());
  CHECK(SuspendableCall::prepare(must(instance.func("f")), {true, 2.5, int64_t{3}}).has_value());
}

TEST_CASE("an untyped call checks its arguments", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (func (export "f") (param i32 f32) (result f32 i32) (local.get 1) (local.get 0))))");
  const Func func = must(instance.func("f"));
  const auto results = must(func.call(std::array{Value(int32_t{-3}), Value(1.25f)}));
  REQUIRE(results.size() == 2);
  CHECK(results[0].as_f32() == 1.25f);
  CHECK(results[1].as_i32() == -3);
  CHECK(error_of(func.call({})).message() == "the function takes 2 arguments, got 0");
  CHECK(error_of(func.call(std::array{Value(int64_t{1}), Value(1.f)})).message() ==
        "type mismatch: expected i32, got i64 (argument 0)");
  std::array<uint64_t, 1> few{};
  CHECK(error_of(func.call_raw(few)).kind() == ErrorKind::usage);
}

TEST_CASE("many parameters and results pass", "[exec]") {
  Fixture f;
  std::string params, gets, results;
  std::vector<Value> args;
  for (int i = 0; i < 100; ++i) {
    params += " i64", results += " i64";
    gets += " (local.get " + std::to_string(99 - i) + ")";
    args.emplace_back(int64_t{i});
  }
  const Instance instance = f.instantiate("(module (func (export \"reverse\") (param" + params + ") (result" +
                                          results + ")" + gets + "))");
  const auto reversed = must(must(instance.func("reverse")).call(args));
  REQUIRE(reversed.size() == 100);
  for (int i = 0; i < 100; ++i) CHECK(reversed[static_cast<size_t>(i)].as_i64() == 99 - i);
}

TEST_CASE("references pass through", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (func $id (export "id") (param externref) (result externref) (local.get 0))
    (func (export "self") (result funcref) (ref.func $id))
    (func (export "is_null") (param externref) (result i32) (ref.is_null (local.get 0)))
    (elem declare func $id)))");
  const Ref ref = must(f.store.make_externref(std::string("mine")));
  CHECK(must(must(instance.func<Ref(Ref)>("id"))(ref)) == ref);
  CHECK(must(must(instance.func<Ref()>("self"))()) == must(must(instance.func("id")).ref()));
  CHECK(must(must(instance.func<int32_t(Ref)>("is_null"))(Ref{})) == 1);
  CHECK(must(must(instance.func<int32_t(Ref)>("is_null"))(ref)) == 0);
}

TEST_CASE("a reference of another store is not an argument", "[exec]") {
  Fixture f;
  Store other(f.engine);
  const Instance instance =
      f.instantiate(R"((module (func (export "f") (param externref)) (func (export "g") (param funcref))))");
  const Ref foreign = must(other.make_externref(1));
  CHECK(error_of(must(instance.func("f")).call(std::array{Value(externref, foreign)})).kind() ==
        ErrorKind::usage);
  const Module module = compile(f.engine, R"((module (func (export "h"))))");
  const Instance elsewhere = must(f.linker.instantiate(other, module));
  const Value func(funcref, must(must(elsewhere.func("h")).ref()));
  CHECK(error_of(must(instance.func("g")).call(std::array{func})).kind() == ErrorKind::usage);
}

TEST_CASE("functions of one instance call those of another", "[exec]") {
  Fixture f;
  f.linker.define_instance("a", f.instantiate(R"((module
    (global $calls (mut i32) (i32.const 0))
    (memory (export "memory") 1)
    (func (export "next") (param i32) (result i32)
      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
      (i32.store (i32.const 0) (local.get 0))
      (i32.add (local.get 0) (global.get $calls))))
  )"));
  const Instance b = f.instantiate(R"((module
    (import "a" "next" (func $next (param i32) (result i32)))
    (memory 1)
    (func (export "run") (result i32)
      (i32.store (i32.const 0) (i32.const 99))
      (drop (call $next (i32.const 5)))
      (i32.add (call $next (i32.const 10)) (i32.load (i32.const 0))))))");
  CHECK(must(must(b.func<int32_t()>("run"))()) == 12 + 99);
}

TEST_CASE("two threads use one module in their own stores", "[exec]") {
  Fixture f;
  const Module module = compile(f.engine, R"((module
    (func $fib (export "fib") (param i32) (result i32)
      (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
        (then (local.get 0))
        (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                       (call $fib (i32.sub (local.get 0) (i32.const 2)))))))))");
  const auto run = [&](int32_t& result) {
    Store store(f.engine);
    const Instance instance = must(Linker(f.engine).instantiate(store, module));
    result = must(must(instance.func<int32_t(int32_t)>("fib"))(12));
  };
  int32_t one = 0, two = 0;
  std::thread a(run, std::ref(one)), b(run, std::ref(two));
  a.join(), b.join();
  CHECK(one == 144);
  CHECK(two == 144);
}
