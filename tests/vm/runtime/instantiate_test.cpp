#include "vm/runtime/instantiate.hpp"

#include "tests/support/wasm.hpp"

#include <chrono>
#include <cstring>
#include <memory>
#include <string>

using namespace skerry;
using namespace skerry::test;

namespace {

std::string text_at(const Memory& memory, size_t at, size_t size) {
  return {reinterpret_cast<const char*>(memory.bytes().data()) + at, size};
}

} // namespace

TEST_CASE("globals have the values of their constant expressions") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (global $base i32 (i32.const 40))
    (global (export "a") i32 (i32.const -1))
    (global (export "b") (mut i64) (i64.const 0x123456789abcdef0))
    (global (export "c") f32 (f32.const 1.5))
    (global (export "d") f64 (f64.const -0.25))
    (global (export "e") i64 (i64.sub (i64.const 5) (i64.mul (i64.const 3) (i64.const 7))))
    (global (export "n") externref (ref.null extern))))");
  const auto value = [&](const char* name) { return must(must(instance.global(name)).get()); };
  CHECK(value("a").as_i32() == -1);
  CHECK(value("a").lo() == 0xffff'ffff);
  CHECK(value("b").as_i64() == 0x1234'5678'9abc'def0);
  CHECK(value("c").as_f32() == 1.5f);
  CHECK(value("d").as_f64() == -0.25);
  CHECK(value("e").as_i64() == 5 - 21);
  CHECK(value("n").as_ref().is_null());
}

TEST_CASE("32-bit constant arithmetic wraps and stays zero-extended") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (global (export "sub") i32 (i32.sub (i32.const 0) (i32.const 1)))
    (global (export "mul") i32 (i32.mul (i32.const 0x10000) (i32.const 0x10001)))))");
  CHECK(must(must(instance.global("sub")).get()).lo() == 0xffff'ffff);
  CHECK(must(must(instance.global("mul")).get()).lo() == 0x1'0000);
}

TEST_CASE("constant expressions read imported globals") {
  Fixture f;
  const Global base = must(Global::create(f.store, {i32, false}, Value(int32_t{40})));
  f.linker.define("env", "base", base);
  const Instance instance = f.instantiate(R"((module
    (global $base (import "env" "base") i32)
    (global (export "g") i32 (i32.add (global.get $base) (i32.const 2)))
    (memory (export "memory") 1)
    (data (global.get $base) "here")))");
  CHECK(must(must(instance.global("g")).get()).as_i32() == 42);
  CHECK(text_at(must(instance.memory()), 40, 4) == "here");
}

TEST_CASE("function references in globals and tables are the functions") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (func $f (export "f") (result i32) (i32.const 1))
    (func $g (export "g") (result i32) (i32.const 2))
    (global (export "ref") funcref (ref.func $g))
    (table (export "t") 4 funcref)
    (elem (i32.const 1) $f $g)))");
  const Table table = must(instance.table("t"));
  CHECK(must(table.get(0)).as_ref().is_null());
  CHECK(must(table.get(1)).as_ref() == must(must(instance.func("f")).ref()));
  CHECK(must(table.get(2)).as_ref() == must(must(instance.func("g")).ref()));
  CHECK(must(must(instance.global("ref")).get()).as_ref() == must(must(instance.func("g")).ref()));
}

TEST_CASE("segments of expressions and passive segments are evaluated") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (func $f (export "f"))
    (table (export "t") 3 funcref)
    (elem (i32.const 0) funcref (ref.func $f) (ref.null func) (ref.func $f))
    (elem funcref (ref.null func) (ref.func $f))
    (elem declare func $f)
    (memory 1)
    (data "passive")))");
  const Ref ref = must(must(instance.func("f")).ref());
  CHECK(must(must(instance.table("t")).get(2)).as_ref() == ref);
  const uint64_t func = must(f.store.to_slot(ref));
  const vm::ModuleInstance& data = *instance.data();
  CHECK(data.elem_segments[0].refs.empty()); // active ones are dropped
  CHECK(data.elem_segments[1].refs == std::vector<uint64_t>{0, func});
  CHECK(data.elem_segments[2].refs.empty());
  CHECK(data.data_segments[0].size == 7);
}

TEST_CASE("an active segment out of bounds traps, and earlier ones stay written") {
  Fixture f;
  const Memory memory = must(Memory::create(f.store, {{.min = 1}}));
  f.linker.define("env", "memory", memory);
  const Error error = error_of(f.try_instantiate(R"((module
    (memory (import "env" "memory") 1)
    (data (i32.const 0) "written")
    (data (i32.const 65535) "no")))"));
  CHECK(error.kind() == ErrorKind::trap);
  CHECK(error.code() == ErrorCode::out_of_bounds_memory_access);
  CHECK(text_at(memory, 0, 7) == "written");
  CHECK(memory.bytes()[65'535] == std::byte{0});
}

TEST_CASE("functions of an instance that failed stay in imported tables") {
  Fixture f;
  const Table table = must(Table::create(f.store, {funcref, {.min = 2}}, Value(funcref, Ref{})));
  f.linker.define("env", "table", table);
  const Error error = error_of(f.try_instantiate(R"((module
    (table (import "env" "table") 2 funcref)
    (func $f)
    (elem (i32.const 0) $f)
    (elem (i32.const 2) $f)))"));
  CHECK(error.code() == ErrorCode::out_of_bounds_table_access);
  const Ref ref = must(table.get(0)).as_ref();
  REQUIRE_FALSE(ref.is_null());
  CHECK(reinterpret_cast<vm::FuncInstance*>(must(f.store.to_slot(ref)))->instance->store == f.store.data());
}

TEST_CASE("an instance that does not fit leaves no trace") {
  Fixture f(StoreLimits{.memory_bytes = 3 * 65'536, .table_elements = 10});
  const Error memory = error_of(f.try_instantiate("(module (memory 4))"));
  CHECK(memory.message() == "memory_bytes limit exceeded: 262144 asked, 196608 allowed");
  const Error table = error_of(f.try_instantiate("(module (memory 3) (table 11 funcref))"));
  CHECK(table.message() == "table_elements limit exceeded: 11 asked, 10 allowed");
  CHECK(f.store.usage().memory_bytes == 0);
  CHECK(f.store.usage().instances == 0);
  f.instantiate("(module (memory 3) (table 10 funcref))");
  CHECK(f.store.usage().memory_bytes == 3 * 65'536);
  CHECK(f.store.usage().table_elements == 10);
  CHECK(f.store.usage().instances == 1);
}

TEST_CASE("the number of instances is limited") {
  Fixture f(StoreLimits{.instances = 2});
  f.instantiate("(module)");
  f.instantiate("(module)");
  CHECK(error_of(f.try_instantiate("(module)")).message() == "instances limit exceeded: 3 asked, 2 allowed");
}

TEST_CASE("instances of one module share nothing that can change") {
  Fixture f;
  constexpr auto text = R"((module
    (memory (export "memory") 1)
    (global (export "g") (mut i32) (i32.const 1))))";
  const Instance a = f.instantiate(text);
  const Instance b = f.instantiate(text);
  must(a.memory()).bytes()[0] = std::byte{5};
  must(must(a.global("g")).set(Value(int32_t{9})));
  CHECK(must(b.memory()).bytes()[0] == std::byte{0});
  CHECK(must(must(b.global("g")).get()).as_i32() == 1);
}

TEST_CASE("exports of one instance are imports of another") {
  Fixture f;
  const Instance a = f.instantiate(R"((module
    (memory (export "memory") 1 2)
    (global (export "g") (mut i32) (i32.const 1))
    (table (export "t") 1 funcref)
    (func (export "f"))))");
  f.linker.define_instance("a", a);
  const Instance b = f.instantiate(R"((module
    (memory (import "a" "memory") 1)
    (global (import "a" "g") (mut i32))
    (table (import "a" "t") 1 funcref)
    (func $f (import "a" "f"))
    (elem (i32.const 0) $f)
    (data (i32.const 3) "b")
    (export "memory" (memory 0)) (export "g" (global 0)) (export "t" (table 0)) (export "f" (func 0))))");
  CHECK(must(a.memory()).bytes()[3] == std::byte{'b'});
  CHECK(must(a.memory()).data() == must(b.memory()).data());
  must(must(b.global("g")).set(Value(int32_t{7})));
  CHECK(must(must(a.global("g")).get()).as_i32() == 7);
  CHECK(must(must(a.table("t")).get(0)).as_ref() == must(must(a.func("f")).ref()));
  CHECK(must(must(b.func("f")).ref()) == must(must(a.func("f")).ref()));
}

TEST_CASE("a past deadline stops a long initialization") {
  Fixture f;
  f.store.set_deadline(Store::Clock::now() - std::chrono::seconds(1));
  const Error error = error_of(f.try_instantiate(R"((module (memory 1) (data (i32.const 0) "x")))"));
  CHECK(error.code() == ErrorCode::deadline_exceeded);
}

TEST_CASE("instantiation checks the deadline within long segments, values and lists") {
  const auto many = [](int count, std::string_view text) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
  };
  const auto [what, text] = GENERATE_COPY(table<std::string, std::string>({
      {"data", "(memory 50) (data (i32.const 0) \"" + std::string(3'000'000, 'x') + "\")"},
      {"elements", "(func $f) (table 40000 funcref) (elem (i32.const 0) func " + many(40'000, "$f ") + ")"},
      {"passive elements", "(func $f) (elem func " + many(40'000, "$f ") + ")"},
      {"globals", many(40'000, "(global i32 (i32.const 1))")},
      {"an initial value", "(global i32 (i32.const 1) " + many(20'000, "(i32.const 1) i32.add ") + ")"},
      {"functions", many(40'000, "(func)")},
  }));
  INFO(what);
  using Clock = std::chrono::steady_clock;
  uint64_t looks = 0, due_at = ~uint64_t{0};
  Config config = test_config();
  config.clock = [&] {
    return ++looks >= due_at ? Clock::time_point(std::chrono::hours(1)) : Clock::time_point();
  };
  const Engine engine(config);
  const Module module = compile(engine, "(module " + text + ")");
  const auto instantiate = [&] {
    Store store(engine);
    store.set_deadline(Clock::time_point(std::chrono::hours(1)));
    return Linker(engine).instantiate(store, module);
  };
  must(instantiate());
  CHECK(looks >= 4);
  looks = 0;
  due_at = 3;
  CHECK(error_of(instantiate()).code() == ErrorCode::deadline_exceeded);
  CHECK(looks == 3);
}

TEST_CASE("an instance and its passive elements are charged before they are allocated") {
  Fixture f;
  std::string elements;
  for (int i = 0; i < 10'000; ++i) elements += "$f ";
  const Module module = compile(f.engine, "(module (func $f) (elem func " + elements + "))");
  for (const uint64_t allowed : {100u, 20'000u, 100'000u}) {
    const auto budget = std::make_shared<ByteBudget>(allowed);
    {
      Store store(f.engine);
      store.set_budget(budget);
      const auto instance = f.linker.instantiate(store, module);
      CHECK(instance.has_value() == (allowed == 100'000));
      if (!instance) CHECK(instance.error().message().starts_with("budget_bytes limit exceeded: "));
      CHECK((budget->used() > 0) == instance.has_value());
    }
    CHECK(budget->used() == 0);
  }
}
