#include "skerry/linker.hpp"

#include "tests/support/wasm.hpp"

using namespace skerry;
using namespace skerry::test;

namespace {

int32_t twice(int32_t a) { return 2 * a; }
struct Counter {
  int64_t operator()() { return ++count; }
  int64_t count = 0;
};

} // namespace

TEST_CASE("callables get the type of their signature") {
  Fixture f;
  f.linker.define("env", "pointer", &twice);
  f.linker.define("env", "functor", Counter{});
  f.linker.define("env", "function", std::function<double(float)>([](float x) { return x; }));
  f.linker.define("env", "caller", [](Caller&, uint64_t) {});
  f.linker.define("env", "bytes", [](std::span<const std::byte>, std::string_view) { return 1; });
  f.linker.define("env", "tuple", []() noexcept { return std::tuple<int32_t, double>{1, 2.0}; });
  f.linker.define("env", "result", [](int32_t) -> Result<int64_t> { return 1; });
  f.linker.define("env", "nothing", [](int32_t) -> Result<void> { return {}; });
  f.linker.define("env", "ref", [](Ref r) { return r; });
  const Instance instance = f.instantiate(R"((module
    (import "env" "pointer" (func (param i32) (result i32)))
    (import "env" "functor" (func (result i64)))
    (import "env" "function" (func (param f32) (result f64)))
    (import "env" "caller" (func (param i64)))
    (import "env" "bytes" (func (param i32 i32 i32 i32) (result i32)))
    (import "env" "tuple" (func (result i32 f64)))
    (import "env" "result" (func (param i32) (result i64)))
    (import "env" "nothing" (func (param i32)))
    (import "env" "ref" (func (param externref) (result externref)))))");
  CHECK(instance.data() != nullptr);
}

TEST_CASE("all problems with imports are in one error") {
  Fixture f;
  f.linker.define("env", "f", [](int32_t) {});
  const Error error = error_of(f.try_instantiate(R"((module
    (import "env" "missing" (func (param i32) (result i64)))
    (import "env" "f" (func (param i64)))
    (import "other" "memory" (memory 1 2))))"));
  CHECK(error.kind() == ErrorKind::unlinkable);
  CHECK(error.message() == R"(unknown import: "env" "missing": function (i32) -> (i64); )"
                           R"(incompatible import type: "env" "f": expected function (i64) -> (), )"
                           R"(got function (i32) -> (); )"
                           R"(unknown import: "other" "memory": memory 1 2)");
}

TEST_CASE("a thousand missing imports make a short message") {
  Fixture f;
  std::string text = "(module";
  for (int i = 0; i < 1'000; ++i) text += R"( (import "env" "f" (func)))";
  const Error error = error_of(f.try_instantiate(text + ")"));
  CHECK(error.message().size() < 10'000);
  CHECK(error.message().find("and 900 more") != std::string::npos);
}

TEST_CASE("names in messages are escaped") {
  Fixture f;
  const Error error = error_of(f.try_instantiate(R"((module (import "a\0ab" "\22" (func))))"));
  CHECK(error.message() == R"(unknown import: "a\u{a}b" "\"": function () -> ())");
}

TEST_CASE("kinds must agree") {
  Fixture f;
  f.linker.define("env", "x", [] {});
  const Error error = error_of(f.try_instantiate(R"((module (import "env" "x" (global i32))))"));
  CHECK(error.message().find("incompatible import type") == 0);
}

TEST_CASE("limits of imported memories and tables must fit") {
  Fixture f;
  const Memory memory = must(Memory::create(f.store, {{.min = 1, .max = 3, .has_max = true}}));
  const Table table = must(Table::create(f.store, {funcref, {.min = 2}}, Value(funcref, Ref{})));
  f.linker.define("env", "memory", memory);
  f.linker.define("env", "table", table);
  const auto links = [&](std::string_view import) {
    const auto instance = f.try_instantiate("(module (import \"env\" " + std::string(import) + "))");
    if (!instance) CHECK(instance.error().message().find("incompatible import type") == 0);
    return instance.has_value();
  };
  CHECK(links(R"("memory" (memory 1))"));
  CHECK(links(R"("memory" (memory 1 3))"));
  CHECK(links(R"("memory" (memory 0 4))"));
  CHECK_FALSE(links(R"("memory" (memory 2))"));
  CHECK_FALSE(links(R"("memory" (memory 1 2))"));
  CHECK(links(R"("table" (table 2 funcref))"));
  CHECK_FALSE(links(R"("table" (table 2 10 funcref))"));
  CHECK_FALSE(links(R"("table" (table 2 externref))"));
  must(memory.grow(1));
  CHECK(links(R"("memory" (memory 2))"));
}

TEST_CASE("imported globals must have the same mutability and type") {
  Fixture f;
  f.linker.define("env", "const", must(Global::create(f.store, {i32, false}, Value(int32_t{1}))));
  f.linker.define("env", "mut", must(Global::create(f.store, {i32, true}, Value(int32_t{1}))));
  CHECK(f.try_instantiate(R"((module (import "env" "const" (global i32))))").has_value());
  CHECK(f.try_instantiate(R"((module (import "env" "mut" (global (mut i32)))))").has_value());
  CHECK_FALSE(f.try_instantiate(R"((module (import "env" "const" (global (mut i32)))))").has_value());
  CHECK_FALSE(f.try_instantiate(R"((module (import "env" "mut" (global i32))))").has_value());
  CHECK_FALSE(f.try_instantiate(R"((module (import "env" "const" (global i64))))").has_value());
}

TEST_CASE("missing imports can be listed") {
  Fixture f;
  f.linker.define("env", "there", [] {});
  const Module module = compile(f.engine, R"((module
    (import "env" "there" (func))
    (import "env" "gone" (func (param i32)))
    (import "env" "g" (global i64))))");
  f.linker.set_unknown_imports(UnknownImports::trap);
  const auto missing = f.linker.missing(module);
  REQUIRE(missing.size() == 2);
  CHECK(missing[0].name == "gone");
  CHECK(to_string(missing[0].type) == "function (i32) -> ()");
  CHECK(missing[1].name == "g");
  CHECK(f.linker.count_missing(module) == missing.size());
  CHECK(f.linker.missing(module, 1).size() == 1);
  CHECK(f.linker.missing(module, 0).empty());
}

TEST_CASE("functions that stand in for unknown imports are charged, and binding ends at the deadline") {
  std::string text = "(module";
  for (int i = 0; i < 10'000; ++i) text += " (import \"env\" \"f" + std::to_string(i) + "\" (func))";
  const std::string all = text + ")";
  Fixture f;
  f.linker.set_unknown_imports(UnknownImports::trap);
  const Module module = compile(f.engine, all);
  const auto budget = std::make_shared<ByteBudget>(1 << 20);
  {
    Store store(f.engine);
    store.set_budget(budget);
    const Error error = error_of(f.linker.instantiate(store, module));
    CHECK(error.kind() == ErrorKind::limit);
    CHECK(error.message().starts_with("budget_bytes limit exceeded: "));
  }
  CHECK(budget->used() == 0);
  {
    Store store(f.engine);
    store.set_deadline(Store::Clock::now() - std::chrono::seconds(1));
    CHECK(error_of(f.linker.instantiate(store, module)).code() == ErrorCode::deadline_exceeded);
  }
  CHECK(f.linker.instantiate(f.store, module).has_value());
}

TEST_CASE("only functions can be left undefined") {
  Fixture f;
  f.linker.set_unknown_imports(UnknownImports::return_zeros);
  CHECK(f.try_instantiate(R"((module (import "env" "f" (func))))").has_value());
  CHECK(error_of(f.try_instantiate(R"((module (import "env" "m" (memory 1))))")).kind() ==
        ErrorKind::unlinkable);
}

TEST_CASE("a later definition replaces an earlier one") {
  Fixture f;
  f.linker.define("env", "f", [](int32_t) {});
  f.linker.define("env", "f", [](int64_t) {});
  CHECK(f.try_instantiate(R"((module (import "env" "f" (func (param i64)))))").has_value());
  CHECK_FALSE(f.try_instantiate(R"((module (import "env" "f" (func (param i32)))))").has_value());
}

TEST_CASE("a definition is one function in a store, however often it is imported") {
  Fixture f;
  f.linker.define("env", "f", [] {});
  constexpr auto text = R"((module
    (import "env" "f" (func $a)) (import "env" "f" (func $b))
    (export "a" (func $a)) (export "b" (func $b))))";
  const Instance one = f.instantiate(text);
  const Instance two = f.instantiate(text);
  CHECK(must(must(one.func("a")).ref()) == must(must(one.func("b")).ref()));
  CHECK(must(must(one.func("a")).ref()) == must(must(two.func("a")).ref()));
  Store other(f.engine);
  const Instance three = must(f.linker.instantiate(other, one.module()));
  CHECK(must(must(three.func("a")).ref()) != must(must(one.func("a")).ref()));
}

TEST_CASE("objects of another store or engine are refused") {
  Fixture f;
  Store other(f.engine);
  f.linker.define("env", "memory", must(Memory::create(f.store, {{.min = 1}})));
  const Module module = compile(f.engine, R"((module (import "env" "memory" (memory 1))))");
  CHECK(f.linker.instantiate(f.store, module).has_value());
  CHECK(error_of(f.linker.instantiate(other, module)).kind() == ErrorKind::usage);

  Fixture g;
  CHECK(error_of(g.linker.instantiate(g.store, module)).kind() == ErrorKind::usage);
  CHECK(error_of(g.linker.instantiate(f.store, module)).kind() == ErrorKind::usage);
}

TEST_CASE("an empty handle is not a definition") {
  Fixture f;
  f.linker.define("env", "f", Func());
  CHECK(error_of(f.try_instantiate("(module)")).kind() == ErrorKind::usage);
}

TEST_CASE("an overload serves the imports of its type") {
  Fixture f;
  const auto returns = [](uint64_t value) {
    return [value](Caller&, std::span<uint64_t> slots) -> Result<void> {
      slots[0] = value;
      return {};
    };
  };
  f.linker.define_raw("env", "f", {{i64}, {i32}}, returns(1));
  f.linker.define_overload("env", "f", {{i32, i32}, {i32}}, returns(2));
  f.linker.define_overload("env", "f", {{f32}, {i32}}, returns(3));
  const auto results = [&](std::string_view parameters, std::string_view constants) {
    const Instance instance = f.instantiate(
        "(module (import \"env\" \"f\" (func $f (param " + std::string(parameters) +
        ") (result i32))) (func (export \"run\") (result i32) (call $f " + std::string(constants) + ")))");
    return must(must(instance.func<int32_t()>("run"))());
  };
  CHECK(results("i64", "(i64.const 0)") == 1);
  CHECK(results("i32 i32", "(i32.const 0) (i32.const 0)") == 2);
  CHECK(results("f32", "(f32.const 0)") == 3);
  // One module can import several of them.
  CHECK(f.instantiate(R"((module (import "env" "f" (func (param i64) (result i32)))
                                 (import "env" "f" (func (param i32 i32) (result i32)))))")
            .data() != nullptr);
  const Error other = error_of(f.try_instantiate(R"((module (import "env" "f" (func (param f64)))))"));
  CHECK(other.kind() == ErrorKind::unlinkable);
  CHECK(other.message().find("got function (i64) -> (i32)") != std::string::npos);

  // Defining the name again removes them.
  f.linker.define_raw("env", "f", {{i64}, {i32}}, returns(4));
  CHECK(results("i64", "(i64.const 0)") == 4);
  CHECK(
      error_of(f.try_instantiate(R"((module (import "env" "f" (func (param f32) (result i32)))))")).kind() ==
      ErrorKind::unlinkable);
}

TEST_CASE("an overload of a name that is not defined is an error") {
  Fixture f;
  f.linker.define_overload("env", "f", {{i32}, {}},
                           [](Caller&, std::span<uint64_t>) -> Result<void> { return {}; });
  REQUIRE(f.linker.error() != nullptr);
  CHECK(f.linker.error()->kind() == ErrorKind::usage);
}
