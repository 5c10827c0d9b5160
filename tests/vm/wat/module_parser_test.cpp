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

TEST_CASE("features that the engine does not have are refused by name") {
  struct Case {
    const char* text;
    const char* feature;
    const char* place;
  };
  for (const Case& c : {
           Case{"(memory 1 1 shared)", "threads", "1:13"},
           Case{"(func (i32.atomic.load (i32.const 0)))", "threads", "1:8"},
           Case{"(func atomic.fence)", "threads", "1:7"},
           Case{"(memory 1 (pagesize 1))", "custom-page-sizes", "1:12"},
           Case{"(func (try (do) (catch_all)))", "legacy-exceptions", "1:8"},
           Case{"(func\n  (i64.add128))", "wide-arithmetic", "2:4"},
           Case{"(type (cont 0))", "stack-switching", "1:8"},
           Case{"(component)", "component-model", "1:2"},
       }) {
    INFO(c.text);
    const Error error = test::error_of(wat::to_binary(c.text));
    CHECK(error.kind() == ErrorKind::unsupported);
    CHECK(error.code() == ErrorCode::unsupported);
    CHECK(error.feature() == c.feature);
    CHECK(error.message().find(std::string("needs the feature ") + c.feature) != std::string::npos);
    CHECK(error.message().ends_with(std::string(" at ") + c.place));
    CHECK(error.position() == wat::position_at(c.text, error.offset()));
  }
}

TEST_CASE("the form of segments before they had names") {
  check_same("(memory 1) (data 0 (i32.const 1) \"a\")", "(memory 1) (data (i32.const 1) \"a\")");
  check_same("(memory 1) (memory 1) (data 1 (offset i32.const 1) \"a\")",
             "(memory 1) (memory 1) (data (memory 1) (i32.const 1) \"a\")");
  check_same("(table 1 funcref) (func) (elem 0 (i32.const 0) 0)",
             "(table 1 funcref) (func) (elem (i32.const 0) 0)");
  check_same("(table 1 funcref) (table 1 funcref) (func) (elem 1 (offset i32.const 0) 0)",
             "(table 1 funcref) (table 1 funcref) (func) (elem (table 1) (i32.const 0) func 0)");
  check_same("(table 1 funcref) (elem (table 0) (i32.const 0) func)",
             "(table 1 funcref) (elem (i32.const 0))");
}

TEST_CASE("a byte order mark is skipped, and columns do not count it") {
  check_same("\xef\xbb\xbf(func)", "(func)");
  check_same("\xef\xbb\xbf(@custom \"x\") (func)", "(@custom \"x\") (func)");
  CHECK(error_text("\xef\xbb\xbf(foo)").ends_with(" at 1:2"));
  CHECK(error_text("(func)\xef\xbb\xbf").starts_with("illegal character"));
}

TEST_CASE("custom sections stand where the text puts them") {
  const Binary bytes =
      parse(R"((@custom "first" (before first) "1") (func) (@custom "late") (@custom "code" (before code))
    (@custom "a" (after func) "x" "\00") (@custom "b" (after func)))");
  std::string order;
  Engine engine;
  const Module module = test::must(Module::compile(engine, bytes));
  for (size_t i = 0; i < module.custom_sections().size(); ++i)
    order += std::string(module.custom_sections()[i].name) + " ";
  CHECK(order == "first a b code late ");
  const auto content = module.custom_sections()[1].bytes;
  REQUIRE(content.size() == 2);
  CHECK(content[0] == std::byte{'x'});
  CHECK(bytes[8] == std::byte{0}); // the first section is a custom section
}

TEST_CASE("annotations at the wrong place or with the wrong content are errors") {
  CHECK(error_text("(func (@custom \"x\"))") == "misplaced @custom annotation at 1:7");
  CHECK(error_text("(func) (@name \"x\")") == "misplaced @name annotation at 1:8");
  CHECK(error_text("(func (@name \"x\") (@name \"y\"))").starts_with("@name annotation: multiple function"));
  CHECK(
      error_text("(func (@name 1))").starts_with("@name annotation: unexpected token 1, expected a string"));
  CHECK(error_text("(@custom \"x\" (after nowhere))")
            .starts_with("@custom annotation: malformed section kind"));
  CHECK(error_text("(func) (@custom)").starts_with("@custom annotation: missing section name"));
  CHECK(parse("(@\"custom\" \"x\" \"y\")") == parse("(@custom \"x\" \"y\")"));
  CHECK_FALSE(parse("(func (@else) (@\"also else\" ((@custom))) nop (@x))").empty());
}

TEST_CASE("a name annotation replaces the identifier in the name section") {
  Engine engine;
  const auto module = test::compile(
      engine,
      R"((module $m (@name "M") (func $f (@name "one")) (func (@name "two")) (func $g) (func (call $f))))");
  CHECK(module.name() == "M");
  CHECK(module.func_name(0) == "one");
  CHECK(module.func_name(1) == "two");
  CHECK(module.func_name(2) == "g");
  CHECK(module.func_name(3).empty());
}
