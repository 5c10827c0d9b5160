#include "skerry/module.hpp"

#include "tests/support/wasm.hpp"

using namespace skerry;
using namespace skerry::test;

TEST_CASE("a module says what it imports and exports") {
  const Engine engine;
  const Module module = compile(engine, R"((module
    (import "env" "f" (func (param i32)))
    (import "env" "g" (global (mut i64)))
    (memory (export "memory") 2 3)
    (func (export "run") (result f32) (f32.const 0))))");
  REQUIRE(module.imports().size() == 2);
  CHECK(module.imports()[0].kind() == ExternKind::func);
  CHECK(to_string(module.imports()[1].type) == "global (mut i64)");
  REQUIRE(module.find_export("run"));
  CHECK(to_string(module.find_export("run")->type) == "function () -> (f32)");
  CHECK_FALSE(module.find_export("nothing"));
  REQUIRE(module.memory());
  CHECK(module.memory()->limits.max == 3);
  CHECK_FALSE(module.memory(1));
}

TEST_CASE("a broken module is malformed, a wrong one invalid, both with an offset") {
  const Engine engine;
  const std::byte garbage[] = {std::byte{0}, std::byte{'x'}};
  CHECK(error_of(Module::compile(engine, garbage)).kind() == ErrorKind::malformed);
  const Error error = error_of(Module::compile(engine, binary("(module (func (result i32)))")));
  CHECK(error.kind() == ErrorKind::invalid);
  CHECK(error.offset() != Error::no_offset);
  CHECK(error.func_index() == 0);
  CHECK(Module::validate(engine, binary("(module)")).has_value());
}

TEST_CASE("a module over the size limit is refused unread") {
  Config config;
  config.module_limits.module_bytes = 7;
  const Error error = error_of(Module::compile(Engine(config), binary("(module)")));
  CHECK(error.kind() == ErrorKind::limit);
  CHECK(error.message() == "module_bytes limit exceeded: 8 asked, 7 allowed");
  CHECK(error.limit() == ExceededLimit{LimitId::module_bytes, 8, 7});
}
