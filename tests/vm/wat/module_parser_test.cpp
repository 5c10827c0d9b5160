#include "vm/wat/module_parser.hpp"

#include "tests/catch.hpp"
#include "tests/support/wasm.hpp"
#include "vm/wat/expression_parser.hpp"

using namespace skerry;

namespace {

using Binary = std::vector<std::byte>;

Binary parse(std::string_view text) { return test::must(vm::wat::parse_module_text(text, {})); }
std::string error_text(std::string_view text) {
  return test::error_of(vm::wat::parse_module_text(text, {})).message();
}

/// The two texts mean the same module.
void check_same(std::string_view a, std::string_view b) {
  INFO(a);
  CHECK(parse(a) == parse(b));
}

} // namespace

TEST_CASE("folded and flat instructions are the same") {
  check_same("(func (result i32) (i32.add (i32.const 1) (i32.mul (i32.const 2) (i32.const 3))))",
             "(func (result i32) i32.const 1 i32.const 2 i32.const 3 i32.mul i32.add)");
  check_same("(func (if (i32.const 1) (then (nop)) (else (unreachable))))",
             "(func i32.const 1 if nop else unreachable end)");
  check_same("(func (block $a (loop $b (br $a) (br $b))))", "(func block loop br 1 br 0 end end)");
  check_same("(func (if $l (i32.const 1) (then (br $l))))", "(func i32.const 1 if $l br $l end $l)");
}

TEST_CASE("names may be used before they are defined") {
  check_same("(func (call $f) (global.set $g (i32.const 1))) (func $f) (global $g (mut i32) (i32.const 0))",
             "(global (mut i32) (i32.const 0)) (func (call 1) (global.set 0 (i32.const 1))) (func)");
}

TEST_CASE("types written inline get the index of an equal type, or a new one after all others") {
  check_same("(func (param i32)) (type (func (param i32)))", "(type (func (param i32))) (func (type 0))");
  check_same("(func (param i64)) (type (func (param i32)))",
             "(type (func (param i32))) (type (func (param i64))) (func (type 1))");
  check_same("(func (block (param i32 i32) (unreachable)))",
             "(type (func)) (type (func (param i32 i32))) (func (type 0) block (type 1) unreachable end)");
}

TEST_CASE("abbreviations") {
  check_same(
      R"((func $f (export "a") (export "b") (import "m" "n") (param i32)))",
      R"((type (func (param i32))) (import "m" "n" (func (type 0))) (export "a" (func 0)) (export "b" (func 0)))");
  check_same("(memory (data \"abc\" \"d\"))", "(memory 1 1) (data (i32.const 0) \"abcd\")");
  check_same("(table funcref (elem $f $f)) (func $f)",
             "(table 2 2 funcref) (elem (i32.const 0) func 0 0) (func)");
  check_same("(module $m (func))", "(func)");
  check_same("(elem (offset i32.const 1) funcref (item ref.func 0) (ref.null func)) (table 9 funcref) (func)",
             "(table 9 funcref) (func) (elem (i32.const 1) funcref (ref.func 0) (item (ref.null func)))");
}

TEST_CASE("memory arguments") {
  check_same("(memory 1) (func (drop (i32.load (i32.const 0))))",
             "(memory 1) (func (drop (i32.load offset=0 align=4 (i32.const 0))))");
  check_same("(memory 0) (memory $m 1) (func (drop (i32.load $m offset=3 align=1 (i32.const 0))))",
             "(memory 0) (memory 1) (func (drop (i32.load 1 offset=3 align=1 (i32.const 0))))");
  check_same(
      "(memory 0) (memory 1) (func (param v128) (drop (v128.load8_lane 3 (i32.const 0) (local.get 0))))",
      "(memory 0) (memory 1) (func (param v128) (drop (v128.load8_lane 0 3 (i32.const 0) (local.get 0))))");
}

TEST_CASE("errors name place and cause") {
  CHECK(error_text("(module\n  (func (foo)))") == "unknown operator foo, expected an instruction at 2:10");
  CHECK(error_text("(func i32.const)") == "unexpected token ), expected an integer at 1:16");
  CHECK(error_text("(func $a)\n(func $a)") == "duplicate func $a at 2:7");
  CHECK(error_text("(func (param $x i32) (local $x i32))").starts_with("duplicate local x"));
  CHECK(error_text("(func (call $x))") == "unknown function $x at 1:13");
  CHECK(error_text("(func (br $x))") == "unknown label $x at 1:11");
  CHECK(error_text("(func block $a end $b)").starts_with("mismatching label $b"));
  CHECK(error_text("(func) (import \"\" \"\" (func))").starts_with("import after function"));
  CHECK(error_text("(type (func)) (func (type 0) (param i32))").starts_with("inline function type"));
  CHECK(error_text("(func i32.const 4294967296)").starts_with("constant out of range"));
  CHECK(error_text("(start 0) (start 0)").starts_with("multiple start sections"));
  CHECK(error_text("(module").starts_with("unexpected token end of text, expected `)`"));
  CHECK(error_text("(module) (module)").starts_with("unexpected token"));
  CHECK(error_text("(func (i32.const 1) (then))").starts_with("unexpected token"));
  CHECK(error_text("(memory 1) (func (drop (i32.load align=3 (i32.const 0))))")
            .starts_with("alignment must be a power of two"));
  CHECK(error_text("(func (if (i32.const 1)))").starts_with("unexpected token ), expected `(then`"));
  CHECK(error_text("(export \"\\ff\" (func 0))").starts_with("malformed UTF-8 encoding"));
}

TEST_CASE("nesting is limited by a number") {
  const auto nested = [](size_t depth, std::string_view open, std::string_view close) {
    std::string text = "(func ";
    for (size_t i = 0; i < depth; ++i) text += open;
    for (size_t i = 0; i < depth; ++i) text += close;
    return text + ")";
  };
  const size_t limit = vm::wat::max_nesting;
  CHECK_FALSE(parse(nested(limit, "block ", "end ")).empty());
  CHECK_FALSE(parse(nested(limit, "(block ", ")")).empty());
  CHECK_FALSE(parse(nested(limit, "(drop ", ")")).empty());
  CHECK(error_text(nested(limit + 1, "block ", "end ")).starts_with("nesting too deep, the limit is 100000"));
  CHECK(error_text(nested(limit + 1, "(drop ", ")")).starts_with("nesting too deep"));
  CHECK(error_text(nested(2'000'000, "(block ", ")")).starts_with("nesting too deep"));
}

TEST_CASE("every prefix of a module is an error, not a crash") {
  const std::string_view text = R"((module $m (type $t (func (param $x i32) (result i32)))
    (import "a" "b" (func $f (type $t))) (memory 1) (data (i32.const 0) "x\00")
    (table 1 funcref) (elem (i32.const 0) $g) (global $c (mut f32) (f32.const 0x1p3))
    (func $g (export "g") (param $x i32) (result i32) (local i64)
      (block $l (result i32) (br_if $l (local.get $x) (i32.const 1)))
      if (result i32) (i32.const 1) else (call_indirect (type $t) (i32.const 1) (i32.const 0)) end)))";
  CHECK_FALSE(parse(text).empty());
  for (size_t size = 1; size + 1 < text.size(); ++size)
    CHECK_FALSE(vm::wat::parse_module_text(text.substr(0, size), {}).has_value());
}

TEST_CASE("names go into the name section on request") {
  Engine engine;
  auto module = test::compile(engine, "(module $mod (func $f) (func $\"a b\"))");
  CHECK(module.name() == "mod");
  CHECK(module.func_name(0) == "f");
  CHECK(module.func_name(1) == "a b");
}
