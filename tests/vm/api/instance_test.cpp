#include "skerry/instance.hpp"

#include "tests/support/wasm.hpp"

using namespace skerry;
using namespace skerry::test;

TEST_CASE("a missing export is named, with near misses") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module (func (export "allocate")) (func (export "other"))))");
  const Error error = error_of(instance.func("alocate"));
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.message() == R"(no export "alocate" (function); did you mean "allocate"?)");
  CHECK(error_of(instance.memory()).message() == R"(no export "memory" (memory))");
}

TEST_CASE("an export of another kind is reported with its kind") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module (memory (export "m") 1)))");
  CHECK(error_of(instance.func("m")).message() == R"(export "m" is a memory 1, not a function)");
}

TEST_CASE("exports are found by name") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (func (export "f") (param i32)) (memory (export "m") 1 4) (table (export "t") 3 funcref)
    (global (export "g") (mut f32) (f32.const 0))))");
  CHECK(std::holds_alternative<Func>(*instance.get_export("f")));
  CHECK(std::holds_alternative<Memory>(*instance.get_export("m")));
  CHECK_FALSE(instance.get_export("x").has_value());
  CHECK(to_string(must(instance.func("f")).type()) == "(i32) -> ()");
  CHECK(must(instance.memory("m")).type().limits.max == 4);
  CHECK(must(instance.table("t")).type().limits.min == 3);
  CHECK(must(instance.global("g")).type() == GlobalType{f32, true});
  CHECK(instance.module().exports().size() == 4);
}

TEST_CASE("globals take values of their type, if mutable") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (global (export "c") i32 (i32.const 1)) (global (export "m") (mut i32) (i32.const 1))))");
  CHECK(error_of(must(instance.global("c")).set(Value(int32_t{2}))).message() == "the global is immutable");
  CHECK(error_of(must(instance.global("m")).set(Value(int64_t{2}))).message() ==
        "type mismatch: expected i32, got i64");
  must(must(instance.global("m")).set(Value(int32_t{2})));
  CHECK(must(must(instance.global("m")).get()).as_i32() == 2);
}

TEST_CASE("empty handles return errors") {
  CHECK(error_of(Instance().func("f")).kind() == ErrorKind::usage);
  CHECK(error_of(Func().call({})).kind() == ErrorKind::usage);
  CHECK(error_of(Func().typed<void()>()).kind() == ErrorKind::usage);
  CHECK(error_of(Memory().grow(1)).kind() == ErrorKind::usage);
  CHECK(error_of(Global().set(Value(int32_t{1}))).kind() == ErrorKind::usage);
  CHECK(Memory().bytes().empty());
  CHECK(Table().size() == 0);
}

TEST_CASE("function names come from the name section, else from an export") {
  Fixture f;
  const Module module = compile(f.engine, R"((module $mod
    (func $named) (func (export "exported")) (func)))");
  CHECK(module.name() == "mod");
  CHECK(module.func_name(0) == "named");
  CHECK(module.func_name(1) == "exported");
  CHECK(module.func_name(2).empty());
  CHECK(module.func_name(1'000).empty());
}

TEST_CASE("a typed function is checked once") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (func (export "f") (param i32 f64) (result i64) (i64.const 0))))");
  CHECK(instance.func<int64_t(int32_t, double)>("f").has_value());
  CHECK(instance.func<uint64_t(uint32_t, double)>("f").has_value());
  CHECK(error_of(instance.func<int32_t(int32_t, double)>("f")).message() ==
        R"(the function has type (i32, f64) -> (i64), not (i32, f64) -> (i32) (export "f"))");
  CHECK(error_of(instance.func<void()>("f")).kind() == ErrorKind::usage);
}

TEST_CASE("a store's externrefs are its own") {
  Fixture f(StoreLimits{.heap_bytes = 200});
  const Ref ref = must(f.store.make_externref(std::string("host")));
  REQUIRE(f.store.externref_value(ref) != nullptr);
  CHECK(std::any_cast<std::string>(*f.store.externref_value(ref)) == "host");
  CHECK(f.store.externref_value(Ref{}) == nullptr);
  std::optional<Error> error;
  for (int i = 0; i < 20 && !error; ++i)
    if (auto more = f.store.make_externref(i); !more) error = more.error();
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::limit);
}

TEST_CASE("a store can be moved while handles to it live") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module (memory (export "memory") 1)))");
  Store moved = std::move(f.store);
  CHECK(must(instance.memory()).pages() == 1);
  CHECK(moved.usage().instances == 1);
}
