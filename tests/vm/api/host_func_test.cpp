#include "skerry/host_func.hpp"

#include "tests/support/wasm.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>

using namespace skerry;
using namespace skerry::test;

namespace {

int32_t triple(int32_t a) { return 3 * a; }

/// A module that imports env.f with this type and passes its own parameters through.
std::string pass_through(std::string_view type, int params) {
  std::string gets;
  for (int i = 0; i < params; ++i) gets += " (local.get " + std::to_string(i) + ")";
  const std::string t(type);
  return "(module (import \"env\" \"f\" (func $f " + t + ")) (memory (export \"memory\") 1)" +
         " (data (i32.const 8) \"hello\")" + " (func (export \"run\") " + t + gets + " (call $f)))";
}

} // namespace

TEST_CASE("lambdas, functions and function objects are host functions", "[exec]") {
  Fixture f;
  static constexpr auto type = "(param i32) (result i32)";
  int32_t calls = 0;
  const auto run = [&] {
    return must(must(f.instantiate(pass_through(type, 1)).func<int32_t(int32_t)>("run"))(14));
  };
  f.linker.define("env", "f", [&](int32_t a) { return ++calls, a + 1; });
  CHECK(run() == 15);
  CHECK(calls == 1);
  f.linker.define("env", "f", triple);
  CHECK(run() == 42);
  f.linker.define("env", "f", std::function<int32_t(int32_t)>([](int32_t a) { return -a; }));
  CHECK(run() == -14);
  f.linker.define("env", "f", [n = 0](int32_t a) mutable { return a + ++n; });
  CHECK(run() == 15);
}

TEST_CASE("all number types pass to the host and back", "[exec]") {
  Fixture f;
  f.linker.define("env", "f", [](int32_t a, int64_t b, float c, double d) {
    return std::tuple<double, float, int64_t, uint32_t>{d + 1, c + 1, b + 1, static_cast<uint32_t>(a + 1)};
  });
  const Instance instance =
      f.instantiate(pass_through("(param i32 i64 f32 f64) (result f64 f32 i64 i32)", 4));
  using Results = std::tuple<double, float, int64_t, int32_t>;
  const auto run = must(instance.func<Results(int32_t, int64_t, float, double)>("run"));
  CHECK((must(run(-1, int64_t{1} << 40, 0.5f, -0.25)) == Results(0.75, 1.5f, (int64_t{1} << 40) + 1, 0)));
}

TEST_CASE("pointer and length become a view of the caller's memory", "[exec]") {
  Fixture f;
  std::string seen;
  f.linker.define("env", "f", [&](std::string_view text, int32_t tag) {
    seen = text;
    return tag;
  });
  const Instance instance = f.instantiate(pass_through("(param i32 i32 i32) (result i32)", 3));
  const auto run = must(instance.func<int32_t(uint32_t, uint32_t, int32_t)>("run"));
  CHECK(must(run(8, 5, 77)) == 77);
  CHECK(seen == "hello");
  CHECK(must(run(65'536, 0, 1)) == 1);
  CHECK(seen.empty());
  for (const auto& [at, size] :
       {std::pair<uint32_t, uint32_t>{65'530, 7}, {0xffff'ffff, 0xffff'ffff}, {65'537, 0}}) {
    const Error error = error_of(run(at, size, 1));
    CHECK(error.code() == ErrorCode::out_of_bounds_memory_access);
    CHECK(error.message().find("out of bounds memory access") == 0);
  }
}

TEST_CASE("a host function writes through a span", "[exec]") {
  Fixture f;
  f.linker.define("env", "f", [](std::span<std::byte> out) {
    for (std::byte& b : out) b = std::byte{'x'};
  });
  const Instance instance = f.instantiate(pass_through("(param i32 i32)", 2));
  REQUIRE(must(instance.func<void(int32_t, int32_t)>("run"))(9, 3).has_value());
  CHECK(std::memcmp(must(instance.memory()).bytes().data() + 8, "hxxxo", 5) == 0);
}

TEST_CASE("bools, enumerations and pairs pass to the host and back", "[exec]") {
  enum class Level : int32_t { low, high };
  Fixture f;
  f.linker.define("env", "f", [](bool set, Level level, int64_t number) {
    return std::pair(!set, level == Level::high ? number : -number);
  });
  const Instance instance = f.instantiate(pass_through("(param i32 i32 i64) (result i32 i64)", 3));
  const auto run = must(instance.func<std::pair<int32_t, int64_t>(uint32_t, int32_t, int64_t)>("run"));
  CHECK((must(run(0, 1, 5)) == std::pair<int32_t, int64_t>(1, 5)));
  CHECK((must(run(0x8000'0000, 0, 5)) == std::pair<int32_t, int64_t>(0, -5)));
  f.linker.define("env", "f", [](int32_t a) { return a > 3; });
  const auto above =
      must(f.instantiate(pass_through("(param i32) (result i32)", 1)).func<int32_t(int32_t)>("run"));
  CHECK(must(above(4)) == 1);
  CHECK(must(above(3)) == 0);
  f.linker.define("env", "f", [](Level level) -> Result<Level> {
    if (level == Level::high) return fail(Error::host("too high"));
    return Level::high;
  });
  const auto next =
      must(f.instantiate(pass_through("(param i32) (result i32)", 1)).func<int32_t(int32_t)>("run"));
  CHECK(must(next(0)) == 1);
  CHECK(error_of(next(1)).message() == "too high");
}

namespace {

struct Point {
  uint8_t x, y;
  std::array<uint8_t, 2> rest;
};

} // namespace

TEST_CASE("pointer and count become a span of elements", "[exec]") {
  Fixture f;
  std::string seen;
  f.linker.define("env", "f", [&](std::span<const Point> points) {
    for (const Point& point : points) seen += {static_cast<char>(point.x), static_cast<char>(point.rest[1])};
  });
  const auto run = [&] {
    return must(f.instantiate(pass_through("(param i32 i32)", 2)).func<void(uint32_t, uint32_t)>("run"));
  };
  REQUIRE(run()(8, 1).has_value());
  CHECK(seen == "hl");
  REQUIRE(run()(65'536, 0).has_value());
  for (const auto& [at, count] :
       {std::pair<uint32_t, uint32_t>{65'532, 2}, {8, 0x4000'0000}, {0xffff'ffff, 1}})
    CHECK(error_of(run()(at, count)).code() == ErrorCode::out_of_bounds_memory_access);
  f.linker.define("env", "f", [&](std::span<uint8_t> bytes) { bytes[0] = 'H'; });
  const Instance writer = f.instantiate(pass_through("(param i32 i32)", 2));
  REQUIRE(must(writer.func<void(int32_t, int32_t)>("run"))(8, 5).has_value());
  CHECK(must(must(writer.memory()).read_string(8, 5)) == "Hello");
}

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_BIG_ENDIAN__
TEST_CASE("a span of numbers must be aligned for them", "[exec]") {
  Fixture f;
  int64_t sum = 0;
  f.linker.define("env", "f", [&](std::span<const int32_t> numbers) {
    for (const int32_t number : numbers) sum += number;
  });
  const Instance instance = f.instantiate(pass_through("(param i32 i32)", 2));
  const Memory memory = must(instance.memory());
  const std::span<int32_t> numbers = must(memory.span<int32_t>(64, 3));
  numbers[0] = 1, numbers[1] = -10, numbers[2] = 100;
  const auto run = must(instance.func<void(uint32_t, uint32_t)>("run"));
  REQUIRE(run(64, 3).has_value());
  CHECK(sum == 91);
  const Error error = error_of(run(65, 3));
  CHECK(error.kind() == ErrorKind::host);
  CHECK(error.message() == "the address of a span is not a multiple of the alignment of its elements, 4");
  CHECK(run(65, 0).has_value()); // nothing is read
  CHECK(error_of(memory.span<int32_t>(65'533, 1)).code() == ErrorCode::out_of_bounds_memory_access);
  CHECK(error_of(memory.span<int32_t>(0, ~uint64_t{0} / 2)).code() == ErrorCode::out_of_bounds_memory_access);
}
#endif

TEST_CASE("the address of a struct becomes a copy of it", "[exec]") {
  Fixture f;
  std::string seen;
  f.linker.define("env", "f", [&](const Point& by_reference, Point by_value) {
    seen = {static_cast<char>(by_reference.x), static_cast<char>(by_value.y)};
  });
  const auto run =
      must(f.instantiate(pass_through("(param i32 i32)", 2)).func<void(uint32_t, uint32_t)>("run"));
  REQUIRE(run(8, 9).has_value());
  CHECK(seen == "hl");
  CHECK(error_of(run(8, 65'533)).code() == ErrorCode::out_of_bounds_memory_access);
  CHECK(run(8, 65'532).has_value());
}

namespace {

struct Counter {
  int32_t add(int32_t by) { return count += by; }
  int32_t get(Caller& caller, int32_t) const noexcept { return caller.memory().empty() ? -1 : count; }
  int32_t count = 0;
};
struct Derived : Counter {};

} // namespace

TEST_CASE("member functions are called on the object of the store", "[exec]") {
  Fixture f;
  Counter counter{40};
  f.store.set_user_data(&counter);
  const auto run = [&] {
    return must(f.instantiate(pass_through("(param i32) (result i32)", 1)).func<int32_t(int32_t)>("run"));
  };
  f.linker.define("env", "f", &Counter::add);
  const auto add = run();
  CHECK(must(add(2)) == 42);
  CHECK(counter.count == 42);
  f.linker.define("env", "f", &Counter::get);
  CHECK(must(run()(0)) == 42);
  Derived derived;
  f.store.set_user_data(&derived); // a pointer of another type
  CHECK(f.store.user_data<Counter>() == nullptr);
  CHECK(f.store.user_data<Derived>() == &derived);
  CHECK(f.store.user_data() == &derived);
  const Error error = error_of(add(1));
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.message().find("Store::set_user_data") != std::string::npos);
  f.store.set_user_data(static_cast<void*>(&counter));
  CHECK(f.store.user_data<Counter>() == nullptr);
  CHECK(error_of(add(1)).kind() == ErrorKind::usage);
  f.store.set_user_data(nullptr);
  CHECK(error_of(add(1)).kind() == ErrorKind::usage);
  CHECK(counter.count == 42);
}

TEST_CASE("member functions are bound to an object of the linker", "[exec]") {
  Fixture f;
  Derived one, other;
  f.linker.define("env", "f", &Counter::add, one);
  const auto first =
      must(f.instantiate(pass_through("(param i32) (result i32)", 1)).func<int32_t(int32_t)>("run"));
  f.linker.define("env", "f", &Counter::add, other);
  const auto second =
      must(f.instantiate(pass_through("(param i32) (result i32)", 1)).func<int32_t(int32_t)>("run"));
  CHECK(must(first(1)) == 1);
  CHECK(must(first(1)) == 2);
  CHECK(must(second(5)) == 5);
  CHECK(one.count == 2);
}

TEST_CASE("callables that cannot be copied are host functions", "[exec]") {
  Fixture f;
  const FuncType type{{i32}, {i32}};
  const auto raw = [](int32_t by) {
    return [by = std::make_unique<int32_t>(by)](Caller&, std::span<uint64_t> slots) -> Result<void> {
      slots[0] += static_cast<uint64_t>(*by);
      return {};
    };
  };
  const auto run = [&] {
    const Instance instance = f.instantiate(pass_through("(param i32) (result i32)", 1));
    return must(must(instance.func<int32_t(int32_t)>("run"))(1));
  };
  f.linker.define("env", "f", [by = std::make_unique<int32_t>(1)](int32_t a) { return a + *by; });
  CHECK(run() == 2);
  f.linker.define_raw("env", "f", type, raw(2));
  CHECK(run() == 3);
  f.linker.define("env", "f", must(Func::create(f.store, type, raw(3))));
  CHECK(run() == 4);
}

TEST_CASE("a host function finds the exports of its caller", "[exec]") {
  Fixture f;
  uint64_t pages = 0;
  bool has_other = true;
  f.linker.define("env", "f", [&](Caller& caller) {
    if (const auto memory = caller.get_export("memory")) pages = std::get<Memory>(*memory).pages();
    has_other = caller.get_export("other").has_value();
  });
  const Instance instance = f.instantiate(pass_through("", 0));
  REQUIRE(must(instance.func<void()>("run"))().has_value());
  CHECK(pages == 1);
  CHECK_FALSE(has_other);
  const Func direct =
      must(Func::create(f.store, [](Caller& caller) { return caller.get_export("memory").has_value(); }));
  CHECK_FALSE(must(must(direct.typed<bool()>())()));
}

TEST_CASE("a caller without memory gives empty views", "[exec]") {
  Fixture f;
  f.linker.define("env", "f",
                  [](std::span<const std::byte> bytes) { return static_cast<int32_t>(bytes.size()); });
  const Instance instance = f.instantiate(R"((module
    (import "env" "f" (func $f (param i32 i32) (result i32)))
    (func (export "run") (param i32) (result i32) (call $f (i32.const 0) (local.get 0)))))");
  const auto run = must(instance.func<int32_t(int32_t)>("run"));
  CHECK(must(run(0)) == 0);
  CHECK(error_of(run(1)).code() == ErrorCode::out_of_bounds_memory_access);
}

TEST_CASE("a host function knows its caller", "[exec]") {
  Fixture f;
  const vm::ModuleInstance* caller = nullptr;
  size_t bytes = 0;
  f.linker.define("env", "f", [&](Caller& c, int32_t) {
    caller = c.instance().data();
    bytes = c.memory().size();
  });
  const Instance instance = f.instantiate(pass_through("(param i32)", 1));
  REQUIRE(must(instance.func<void(int32_t)>("run"))(0).has_value());
  CHECK(caller == instance.data());
  CHECK(bytes == 65'536);
}

TEST_CASE("an error that a host function returns ends the call", "[exec]") {
  Fixture f;
  f.linker.define("env", "f", [](int32_t a) -> Result<int32_t> {
    if (a < 0) return fail(Error::host("negative: " + std::to_string(a)));
    if (a == 0) return fail(Error::trap(ErrorCode::integer_divide_by_zero));
    if (a == 1) return fail(Error::exit(3));
    return 100 / a;
  });
  const Instance instance = f.instantiate(pass_through("(param i32) (result i32)", 1));
  const auto run = must(instance.func<int32_t(int32_t)>("run"));
  CHECK(must(run(5)) == 20);
  const Error negative = error_of(run(-2));
  CHECK(negative.kind() == ErrorKind::host);
  CHECK(negative.message() == "negative: -2");
  REQUIRE_FALSE(negative.backtrace().empty());
  CHECK(negative.backtrace()[0].func_name == "run");
  CHECK(error_of(run(0)).code() == ErrorCode::integer_divide_by_zero);
  CHECK(error_of(run(1)).exit_status() == 3);
  CHECK(must(run(50)) == 2); // the store works as before
}

TEST_CASE("an exception that a host function throws ends the call and is kept", "[exec]") {
  Fixture f;
  f.linker.define("env", "f", [](int32_t a) {
    if (a == 0) throw std::runtime_error("host says no");
    if (a == 1) throw 42;
  });
  const Instance instance = f.instantiate(pass_through("(param i32)", 1));
  const auto run = must(instance.func<void(int32_t)>("run"));
  const Error error = error_of(run(0));
  CHECK(error.code() == ErrorCode::host_exception);
  CHECK(error.message() == "host says no");
  CHECK_THROWS_AS(std::rethrow_exception(error.host_exception()), std::runtime_error);
  CHECK_THROWS_AS(std::rethrow_exception(error_of(run(1)).host_exception()), int);
  CHECK(run(2).has_value());
}

TEST_CASE("untyped host functions see slots", "[exec]") {
  Fixture f;
  f.linker.define_raw("env", "f", {{i32, i64}, {i64, i32, i32}},
                      [](Caller&, std::span<uint64_t> slots) -> Result<void> {
                        if (slots.size() != 3) return fail(Error::host("wrong size"));
                        slots[0] += slots[1], slots[1] = 7, slots[2] = 8;
                        return {};
                      });
  const Instance instance = f.instantiate(pass_through("(param i32 i64) (result i64 i32 i32)", 2));
  using Results = std::tuple<int64_t, int32_t, int32_t>;
  CHECK((must(must(instance.func<Results(int32_t, int64_t)>("run"))(1, 2)) == Results(3, 7, 8)));
}

TEST_CASE("a re-exported host function can be called by the host", "[exec]") {
  Fixture f;
  f.linker.define("env", "f",
                  [](Caller& caller, int32_t a) { return caller.instance().data() == nullptr ? a : 0; });
  const Instance instance =
      f.instantiate(R"((module (import "env" "f" (func (param i32) (result i32))) (export "f" (func 0))))");
  CHECK(must(must(instance.func<int32_t(int32_t)>("f"))(9)) == 9);
}

TEST_CASE("a host function calls wasm again", "[exec]") {
  Fixture f;
  std::optional<TypedFunc<int32_t(int32_t)>> countdown;
  f.linker.define("env", "f", [&](int32_t n) -> Result<int32_t> {
    if (n == 0) return 100;
    auto inner = (*countdown)(n - 1);
    if (!inner) return fail(std::move(inner.error()));
    return *inner + 1;
  });
  const Instance instance = f.instantiate(R"((module
    (import "env" "f" (func $f (param i32) (result i32)))
    (func (export "run") (param i32) (result i32) (local i32)
      (local.set 1 (i32.const 1000))
      (i32.sub (i32.add (call $f (local.get 0)) (local.get 1)) (i32.const 1000)))))");
  countdown = must(instance.func<int32_t(int32_t)>("run"));
  CHECK(must((*countdown)(0)) == 100);
  CHECK(must((*countdown)(20)) == 120);
  const Error error = error_of((*countdown)(1'000'000));
  CHECK(error.code() == ErrorCode::call_stack_exhausted);
  CHECK(must((*countdown)(5)) == 105);
}

TEST_CASE("a trap below a host function passes through it", "[exec]") {
  Fixture f;
  std::optional<TypedFunc<void()>> boom;
  bool swallow = false;
  f.linker.define("env", "f", [&]() -> Result<void> {
    auto done = (*boom)();
    return swallow ? Result<void>{} : done;
  });
  const Instance instance = f.instantiate(R"((module
    (import "env" "f" (func $f))
    (func (export "boom") (unreachable))
    (func (export "run") (result i32) (call $f) (i32.const 5))))");
  boom = must(instance.func<void()>("boom"));
  const auto run = must(instance.func<int32_t()>("run"));
  const Error error = error_of(run());
  CHECK(error.code() == ErrorCode::unreachable);
  REQUIRE(error.backtrace().size() == 2);
  CHECK(error.backtrace()[0].func_name == "boom");
  CHECK(error.backtrace()[1].func_name == "run");
  swallow = true;
  CHECK(must(run()) == 5);
}

TEST_CASE("memory that grows in a host function is seen by its caller", "[exec]") {
  Fixture f;
  f.linker.define("env", "f", [](Caller& caller) -> Result<void> {
    auto grown = must(caller.instance().memory()).grow(1);
    return grown ? Result<void>{} : fail(std::move(grown.error()));
  });
  const Instance instance = f.instantiate(R"((module
    (import "env" "f" (func $f)) (memory (export "memory") 1)
    (func (export "run") (result i32)
      (call $f) (i32.store (i32.const 65540) (i32.const 11)) (i32.load (i32.const 65540)))))");
  CHECK(must(must(instance.func<int32_t()>("run"))()) == 11);
}

TEST_CASE("host functions are called through tables", "[exec]") {
  Fixture f;
  f.linker.define("env", "f", [](int32_t a) { return a * 2; });
  const Instance instance = f.instantiate(R"((module
    (type $t (func (param i32) (result i32)))
    (import "env" "f" (func $f (type $t)))
    (table funcref (elem $f $g))
    (func $g (type $t) (i32.sub (local.get 0) (i32.const 1)))
    (func (export "run") (param i32 i32) (result i32)
      (call_indirect (type $t) (local.get 1) (local.get 0)))))");
  const auto run = must(instance.func<int32_t(int32_t, int32_t)>("run"));
  CHECK(must(run(0, 21)) == 42);
  CHECK(must(run(1, 21)) == 20);
}

TEST_CASE("undefined imports trap or return zeros", "[exec]") {
  Fixture f;
  constexpr auto text = R"((module
    (import "env" "gone" (func $gone (param i32) (result i32 i64 externref)))
    (func (export "run") (result i32 i64 i32)
      (call $gone (i32.const 5)) (ref.is_null))))";
  f.linker.set_unknown_imports(UnknownImports::trap);
  const Error error = error_of(must(f.instantiate(text).func("run")).call({}));
  CHECK(error.code() == ErrorCode::unknown_import);
  CHECK(error.message() == R"(unknown import: "env" "gone")");
  CHECK(error.backtrace().at(0).func_name == "run");
  f.linker.set_unknown_imports(UnknownImports::return_zeros);
  using Results = std::tuple<int32_t, int64_t, int32_t>;
  CHECK((must(must(f.instantiate(text).func<Results()>("run"))()) == Results(0, 0, 1)));
}

TEST_CASE("host functions can be made without a linker", "[exec]") {
  Fixture f;
  const Func twice = must(Func::create(f.store, [](int32_t a) { return 2 * a; }));
  CHECK(twice.type() == FuncType{{i32}, {i32}});
  CHECK(must(must(twice.typed<int32_t(int32_t)>())(21)) == 42);
  const Func raw = must(Func::create(f.store, FuncType{{i64, v128}, {i64}},
                                     [](Caller&, std::span<uint64_t> slots) -> Result<void> {
                                       slots[0] += slots.size();
                                       return {};
                                     }));
  CHECK(must(raw.call(std::array{Value(int64_t{1}), Value(V128{})}))[0].as_i64() == 4);
  f.linker.define("env", "f", twice);
  CHECK(must(must(f.instantiate(pass_through("(param i32) (result i32)", 1)).func<int32_t(int32_t)>("run"))(
            4)) == 8);
  const Table table = must(Table::create(f.store, {funcref, {.min = 1}}, Value(funcref, must(twice.ref()))));
  CHECK(must(table.get(0)).as_ref() == must(twice.ref()));
}

TEST_CASE("a host function of a store fails like one of a linker, and lives as long as the store") {
  Fixture f;
  auto context = std::make_shared<int>(7);
  const Func func = must(Func::create(f.store, [context]() -> int32_t { throw std::runtime_error("no"); }));
  CHECK(context.use_count() == 2);
  CHECK(error_of(func.call({})).code() == ErrorCode::host_exception);
  const ValType bogus = ValType::ref(static_cast<HeapType>(1234), true);
  CHECK(error_of(Func::create(f.store, FuncType{{bogus}, {}}, [](Caller&, std::span<uint64_t>) {
          return Result<void>();
        })).kind() == ErrorKind::usage);
  f.store = Store(f.engine);
  CHECK(context.use_count() == 1);
}
