#include "skerry/wast.hpp"

#include "tests/catch.hpp"

using namespace skerry;
using Kind = wat::Command::Kind;

TEST_CASE("commands of a script") {
  auto commands = wat::parse_script(R"wast(
(module $m (func (export "f")))
(module definition $d binary "\00asm" "\01\00\00\00")
(module instance $i $d)
(register "m" $m)
(invoke $m "f" (i32.const 1) (ref.null func) (ref.extern 7))
(assert_return (get "g") (f32.const nan:canonical) (v128.const f64x2 nan:arithmetic 1))
(assert_return (invoke "f") (either (i32.const 1) (i32.const 2)) (ref.null) (ref.extern 3) (ref.func))
(assert_trap (invoke "f") "unreachable")
(assert_trap (module) "x")
(assert_malformed (module quote "(func" ")") "y")
(assert_exception (invoke "f"))
)wast");
  REQUIRE(commands.size() == 11);
  CHECK(commands[0].line == 2);
  CHECK(commands[0].module->name == "m");
  CHECK(commands[1].module->is_definition);
  CHECK(commands[1].module->bytes->size() == 8);
  CHECK(commands[2].kind == Kind::instance);
  CHECK(commands[2].name == "i");
  CHECK(commands[2].subject == "d");
  CHECK(commands[3].message == "m");
  CHECK(commands[4].action->arguments.size() == 3);
  CHECK(std::get<wat::HostRef>(commands[4].action->arguments[2]).number == 7);
  CHECK(commands[5].results[0].lanes[0].kind == wat::LanePattern::Kind::canonical_nan);
  CHECK(commands[5].results[1].lanes[0].kind == wat::LanePattern::Kind::arithmetic_nan);
  CHECK(commands[5].results[1].lanes[1].bits == 0x3ff0'0000'0000'0000);
  CHECK(commands[6].results[0].alternatives.size() == 2);
  CHECK(commands[7].message == "unreachable");
  CHECK(commands[8].module.has_value());
  CHECK(commands[9].module->bytes.has_value());
  CHECK(commands[10].kind == Kind::assert_exception);
}

TEST_CASE("a bad command does not affect the others") {
  auto commands =
      wat::parse_script("(module) (assert_return x) (module (func (foo))) (assert_return (invoke \"f\"))");
  REQUIRE(commands.size() == 4);
  CHECK(commands[1].kind == Kind::broken);
  CHECK(commands[1].error->message().starts_with("unknown operator x, expected an action"));
  CHECK_FALSE(commands[2].module->bytes.has_value());
  CHECK(commands[3].kind == Kind::assert_return);
}

TEST_CASE("commands and values of other scripts are not mistakes") {
  const auto commands = wat::parse_script(R"(
    (component $c (core module)) (thread $t (shared (module $m))) (assert_invalid (component) "x")
    (assert_return (invoke "f" (str.const "a"))) (assert_return (invoke "f") (u32.const 1))
    (assert_return (invoke "f") (ref.func 0)) (assert_return 1) (module))");
  REQUIRE(commands.size() == 8);
  for (const size_t i : {0, 2}) {
    REQUIRE(commands[i].module.has_value());
    CHECK(commands[i].module->bytes.error().feature() == "component-model");
  }
  CHECK(commands[0].kind == Kind::module);
  CHECK(commands[0].module->name == "c");
  CHECK(commands[2].kind == Kind::assert_invalid);
  for (const auto& [i, word] :
       {std::pair<size_t, const char*>{1, "thread"}, {3, "str.const"}, {4, "u32.const"}}) {
    CHECK(commands[i].kind == Kind::unknown);
    CHECK(commands[i].message == word);
    CHECK_FALSE(commands[i].error.has_value());
  }
  CHECK(commands[5].kind == Kind::assert_return);
  CHECK(commands[6].kind == Kind::broken);
  CHECK(commands[7].kind == Kind::module);
}

TEST_CASE("a script may be the fields of one module") {
  auto commands = wat::parse_script("(func)\n(memory 1)");
  REQUIRE(commands.size() == 1);
  CHECK(commands[0].kind == Kind::module);
  CHECK(commands[0].module->bytes.has_value());
}

TEST_CASE("an unclosed script is one broken command") {
  for (const char* text : {"(module", "(assert_return (invoke \"f\"", "(module (func", "x", ")"}) {
    INFO(text);
    auto commands = wat::parse_script(text);
    REQUIRE(commands.size() == 1);
    CHECK(commands[0].kind == Kind::broken);
  }
}

TEST_CASE("values as text") {
  auto commands = wat::parse_script(
      "(assert_return (invoke $a \"f\" (i64.const -1)) (f32.const 1.5) (v128.const i16x8 1 2 3 4 5 6 7 -8))");
  CHECK(wat::to_string(*commands[0].action) == "invoke $a \"f\" i64:-1 0xffffffffffffffff");
  CHECK(wat::to_string(commands[0].results[0]) == "f32:1.5 0x3fc00000");
  CHECK(wat::to_string(commands[0].results[1]).starts_with("v128:i16x8(1 0x0001, 2 0x0002"));
}
