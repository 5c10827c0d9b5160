// Types that modules bring into an engine are freed with their last user.
#include "tests/support/module_builder.hpp"
#include "tests/support/wasm.hpp"
#include "vm/module/engine_data.hpp"

#include <thread>

using namespace skerry;
using namespace skerry::test;

namespace {

size_t types_of(const Engine& engine) { return engine.data()->types.size(); }

/// A module whose types are the numbers from `first` on, with a body that is valid or not.
std::vector<std::byte> module_with_types(uint32_t first, uint32_t count, bool is_valid) {
  Bytes types;
  types.count(count + 1).add({0x60, 0, 0});
  for (uint32_t i = 0; i < count; ++i) {
    types.add({0x60}).count(16);
    for (uint32_t bit = 0; bit < 16; ++bit) types.add({(first + i) >> (2 * bit) & 3 ? 0x7e : 0x7f});
    types.count(8);
    for (uint32_t bit = 0; bit < 8; ++bit)
      types.u8(static_cast<uint8_t>(0x7f - ((first + i) >> (3 * bit) & 3)));
  }
  return ModuleBuilder()
      .section(1, types)
      .section(3, {1, 0})
      .section(10, Bytes{1}.with_sized(is_valid ? Bytes{0, 0x0b} : Bytes{0, 0x6a, 0x0b}))
      .take();
}

} // namespace

TEST_CASE("a module that is refused leaves no type") {
  const Engine engine;
  for (uint32_t round = 0; round < 20; ++round) {
    CHECK_FALSE(Module::validate(engine, module_with_types(round * 100, 100, false)));
    CHECK_FALSE(Module::compile(engine, module_with_types(round * 100, 100, false)));
    CHECK(types_of(engine) == 0);
  }
}

TEST_CASE("ten thousand modules with their own types leave no types") {
  const Engine engine;
  const Module kept = must(Module::compile(engine, module_with_types(0, 10, true)));
  const size_t before = types_of(engine);
  for (uint32_t i = 0; i < 10'000; ++i) {
    const Module module = must(Module::compile(engine, module_with_types(16 * i, 3, true)));
    if (types_of(engine) > before + 4) FAIL("types of dropped modules are still there");
  }
  CHECK(types_of(engine) == before);
}

TEST_CASE("an instance keeps its module's types, a store those of its host functions") {
  const Engine engine;
  std::optional<Store> store(engine);
  std::optional<Instance> instance;
  {
    Linker linker(engine);
    linker.define("m", "f", [](int32_t a, double b) { return a + static_cast<int32_t>(b); });
    const Module module = compile(engine, R"((module (import "m" "f" (func (param i32 f64) (result i32)))
      (type $t (func (param i64 i64 i64) (result i64)))
      (table (export "t") 1 (ref null $t)) (elem (i32.const 0) (ref null $t) (ref.func $g))
      (func $g (export "g") (type $t) (i64.add (local.get 0) (call_ref $u (i64.const 1) (ref.func $h))))
      (type $u (func (param i64) (result i64))) (func $h (type $u) (local.get 0)) (elem declare func $h)))");
    instance = must(linker.instantiate(*store, module));
  }
  const size_t kept = types_of(engine);
  CHECK(kept == 3);
  for (uint32_t i = 0; i < 50; ++i) CHECK(Module::validate(engine, module_with_types(50 * i, 40, true)));
  CHECK(types_of(engine) == kept);
  const Func g = must(instance->func("g"));
  CHECK(must(g.call(std::vector<Value>{int64_t{1}, int64_t{2}, int64_t{3}}))[0].as_i64() == 2);
  CHECK(to_string(g.type()) == "(i64, i64, i64) -> (i64)");
  instance.reset();
  store.reset();
  CHECK(types_of(engine) == 0);
}

TEST_CASE("stand-ins for unknown imports keep their types when instantiation fails") {
  const Engine engine;
  StoreLimits limits;
  limits.instances = 0;
  std::optional<Store> store(std::in_place, engine, limits);
  {
    Linker linker(engine);
    linker.set_unknown_imports(UnknownImports::trap);
    CHECK_FALSE(
        linker.instantiate(*store, compile(engine, "(module (import \"\" \"f\" (func (param f32 f32))))")));
  }
  CHECK(types_of(engine) == 1);
  store.reset();
  CHECK(types_of(engine) == 0);
}

TEST_CASE("types that an embedder made up are a usage error") {
  const Engine engine;
  Store store(engine);
  const ValType bogus = ValType::ref(static_cast<HeapType>(1234), true);
  CHECK(error_of(Table::create(store, {bogus, {}}, Value(bogus, Ref{}))).kind() == ErrorKind::usage);
  CHECK(error_of(Global::create(store, {bogus, false}, Value(bogus, Ref{}))).kind() == ErrorKind::usage);
  Linker linker(engine);
  linker.define_raw("", "f", FuncType{{bogus}, {}},
                    [](Caller&, std::span<uint64_t>) { return Result<void>(); });
  const Module module = compile(engine, "(module)");
  CHECK(error_of(linker.instantiate(store, module)).kind() == ErrorKind::usage);
}

TEST_CASE("threads load and drop modules of one engine") {
  const Engine engine;
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (uint32_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (uint32_t i = 0; i < 100; ++i) {
        const bool is_valid = (i + t) % 3 != 0;
        const auto module = Module::compile(engine, module_with_types(i * 8, 16, is_valid));
        failures += module.has_value() != is_valid;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(failures == 0);
  CHECK(types_of(engine) == 0);
}
