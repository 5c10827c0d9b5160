#include "tests/catch.hpp"
#include "tests/support/wasm.hpp"
#include "vm/module/binary_decoder.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/module/module_info.hpp"
#include "vm/module/resolve.hpp"
#include "vm/validate/module_validator.hpp"

using namespace skerry;

namespace {

std::shared_ptr<vm::Module> decode(std::string_view text, Features features) {
  auto engine = std::make_shared<vm::EngineData>();
  engine->config.features = features;
  return test::must(vm::decode_module(engine, test::binary(text)));
}

Result<void> validate(vm::Module& module) {
  vm::LoadWatch never;
  auto resolved = vm::resolve_module(module, never);
  return resolved ? vm::validate_module(module, never) : resolved;
}

Result<void> validate(std::string_view text, Features features = Features::all()) {
  return validate(*decode(text, features));
}

/// The error of a module with one function, made of `fields` and the function's body.
std::string error_in(std::string_view body, std::string_view fields = "") {
  const std::string text = "(module " + std::string(fields) + " (func " + std::string(body) + "))";
  const Error error = test::error_of(validate(text));
  CHECK(error.kind() == ErrorKind::invalid);
  CHECK(error.offset() != Error::no_offset);
  return error.message();
}

std::string error_of(std::string_view text, Features features = Features::all()) {
  const Error error = test::error_of(validate(text, features));
  CHECK(error.offset() != Error::no_offset);
  return error.message();
}

bool is_valid(std::string_view body, std::string_view fields = "") {
  const auto result = validate("(module " + std::string(fields) + " (func " + std::string(body) + "))");
  if (!result) UNSCOPED_INFO(result.error().describe());
  return result.has_value();
}

} // namespace

TEST_CASE("operands must exist and have the right type") {
  CHECK(error_in("i32.const 1 i64.const 2 i32.add drop") ==
        "type mismatch: instruction requires [i32 i32] but stack has [i32 i64]: i32.add");
  CHECK(error_in("i32.eqz drop") == "type mismatch: instruction requires [i32] but stack has []: i32.eqz");
  CHECK(error_in("(result i32)").starts_with("type mismatch"));
  CHECK(error_in("i32.const 1") ==
        "type mismatch: block requires [] but stack has [i32]: [i32] left over at the end of the function");
  CHECK(
      error_in("(drop (block (result i64) i32.const 1 i64.const 2))") ==
      "type mismatch: block requires [i64] but stack has [i32 i64]: [i32] left over at the end of the block");
  CHECK(error_in("i32.const 1 (if (then f32.const 1 f64.const 2))")
            .ends_with("[f32 f64] left over at the end of the if"));
}

TEST_CASE("no message has the name of an internal type") {
  CHECK(error_in("drop") == "type mismatch: instruction requires [a value] but stack has []: drop");
  CHECK(error_in("select") == "type mismatch: instruction requires [i32] but stack has []: select");
  CHECK(error_in("i32.const 1 select") ==
        "type mismatch: instruction requires [a value a value] but stack has []: select");
  CHECK(error_in("unreachable select (result i64) i32.eqz") ==
        "type mismatch: instruction requires [i32] but stack has [i64]: i32.eqz");
  for (const char* body :
       {"unreachable ref.as_non_null i32.eqz drop", "unreachable select ref.is_null i64.eqz drop",
        "unreachable (br_on_null 0) i32.eqz drop"}) {
    const std::string message = error_in(body);
    INFO(message);
    CHECK(message.find("bot") == std::string::npos);
    CHECK(message.find("none") == std::string::npos);
  }
}

TEST_CASE("errors outside functions point at the entry of the section") {
  const auto place_of = [](std::string_view text, std::string_view entry) {
    const auto module = decode(text, Features::all());
    const Error error = test::error_of(validate(*module));
    const auto bytes =
        std::string_view(reinterpret_cast<const char*>(module->bytes.data()), module->bytes.size());
    INFO(error.message());
    return error.offset() == bytes.rfind(entry);
  };
  using namespace std::string_view_literals;
  CHECK(place_of(R"((func (export "a")) (export "b" (func 7)))", "\1b\0\7"sv));
  CHECK(place_of(R"((func (export "a")) (export "c" (func 0)) (export "a" (func 0)))", "\1a\0\0"sv));
  CHECK(place_of("(memory 1) (memory 2 1)", "\1\2\1"sv));
  CHECK(place_of(R"((import "m" "x" (memory 1)) (import "m" "y" (memory 3 2)))", "\1m\1y"sv));
  CHECK(place_of("(func) (func (type 9))", "\x9"sv));
}

TEST_CASE("errors know function and offset") {
  const auto module = decode(
      "(module (import \"m\" \"f\" (func)) (func) (func (drop (i32.eqz (i64.const 0)))))", Features::all());
  const Error error = test::error_of(validate(*module));
  CHECK(error.func_index() == 2);
  REQUIRE(error.offset() < module->bytes.size());
  CHECK(module->bytes[error.offset()] == std::byte{0x45}); // i32.eqz
}

TEST_CASE("after a branch the stack yields operands of any type") {
  CHECK(is_valid("unreachable i32.add drop"));
  CHECK(is_valid("(result i32) (br 0 (i32.const 1)) i64.eqz"));
  CHECK(is_valid("(result f32) unreachable select"));
  CHECK(error_in("unreachable i64.const 0 i32.eqz drop").starts_with("type mismatch"));
  CHECK(error_in("unreachable (i64.const 0) (f32.const 0) select drop").starts_with("type mismatch"));
  CHECK(error_in("unreachable ref.as_non_null i32.eqz drop").starts_with("type mismatch"));
}

TEST_CASE("blocks") {
  CHECK(is_valid("(result i32) (block (result i32) (i32.const 1) (br 0))"));
  CHECK(is_valid("(i32.const 1) (loop (param i32) (br 0))"));
  CHECK(is_valid(
      "(param i32) (result i32) (if (result i32) (local.get 0) (then i32.const 1) (else i32.const 2))"));
  CHECK(is_valid("(param i32) (i32.const 7) (if (param i32) (result i32) (local.get 0) (then)) drop"));
  CHECK(error_in("(param i32) (if (result i32) (local.get 0) (then i32.const 1)) drop")
            .starts_with("type mismatch"));
  CHECK(error_in("(block (i32.const 1))").starts_with("type mismatch"));
  CHECK(error_in("i32.const 1 (block drop)").starts_with("type mismatch")); // cannot use outer operands
  CHECK(error_in("br 1") == "unknown label 1: there are 1");
}

TEST_CASE("br_table's labels agree in number and types") {
  CHECK(is_valid("(block (block (br_table 0 1 2 (i32.const 0))))"));
  CHECK(error_in("(block (result i32) (block (br_table 0 1 (i32.const 0))) (i32.const 0)) drop")
            .starts_with("type mismatch"));
  CHECK(error_in("(br_table 0 5 0 (i32.const 0))") == "unknown label 5: there are 1");
}

TEST_CASE("locals, globals, functions, tables and memories must exist") {
  CHECK(error_in("(local i32) local.get 1 drop") == "unknown local 1: there are 1");
  CHECK(error_in("global.get 0 drop") == "unknown global 0: there are 0");
  CHECK(error_in("call 1") == "unknown function 1: there are 1");
  CHECK(error_in("(drop (table.get 0 (i32.const 0)))") == "unknown table 0: there are 0");
  CHECK(error_in("(drop (i32.load (i32.const 0)))") == "unknown memory 0: there are 0");
  CHECK(error_in("(elem.drop 3)") == "unknown elem segment 3: there are 0");
  CHECK(error_in("(global.set 0 (i32.const 0))", "(global i32 (i32.const 0))") == "immutable global 0");
}

TEST_CASE("many locals are found in runs") {
  std::string locals;
  for (int i = 0; i < 300; ++i) locals += i % 2 ? " f32 f32" : " i64";
  const std::string head = "(param i32) (local" + locals + ") ";
  // Local 1 + 3k is i64, the next two are f32.
  CHECK(is_valid(head + "local.get 0 i32.eqz drop local.get 448 i64.eqz drop local.get 449 f32.abs drop"));
  CHECK(error_in(head + "local.get 448 f32.abs drop").starts_with("type mismatch"));
  CHECK(error_in(head + "local.get 451 drop") == "unknown local 451: there are 451");
}

TEST_CASE("alignment and offset of memory accesses") {
  CHECK(is_valid("(drop (i64.load align=8 (i32.const 0)))", "(memory 1)"));
  CHECK(error_in("(drop (i32.load align=8 (i32.const 0)))", "(memory 1)")
            .starts_with("alignment must not be larger than natural"));
  CHECK(is_valid("(drop (i32.load offset=0x1_0000_0000 (i64.const 0)))", "(memory i64 1)"));
  CHECK(error_in("(drop (i32.load (i32.const 0)))", "(memory i64 1)").starts_with("type mismatch"));
  CHECK(is_valid("(memory.copy 0 1 (i32.const 0) (i64.const 0) (i32.const 0))", "(memory 1) (memory i64 1)"));
}

TEST_CASE("lanes") {
  CHECK(is_valid("(drop (i8x16.extract_lane_s 15 (v128.const i64x2 0 0)))"));
  CHECK(error_in("(drop (i16x8.extract_lane_s 8 (v128.const i64x2 0 0)))").starts_with("invalid lane index"));
}

TEST_CASE("calls take and return values of the function's type") {
  CHECK(is_valid("(drop (i32.add (call $two)))", "(func $two (result i32 i32) (i32.const 1) (i32.const 2))"));
  CHECK(error_in("(call_indirect (i32.const 0))", "(table 1 externref)").starts_with("type mismatch"));
  CHECK(error_in("(result i32) (return_call $f)", "(func $f)").starts_with("type mismatch"));
  CHECK(is_valid("(result i32) (return_call $f) i64.eqz", "(func $f (result i32) (i32.const 0))"));
}

TEST_CASE("references of functions must be declared") {
  CHECK(error_in("(drop (ref.func 0))", "(func $f)") == "undeclared function reference: 0");
  CHECK(is_valid("(drop (ref.func 0))", "(func $f) (elem declare func $f)"));
  CHECK(is_valid("(drop (ref.func 0))", "(func $f (export \"f\"))"));
  CHECK(is_valid("(drop (ref.func 0))", "(func $f) (global funcref (ref.func $f))"));
}

TEST_CASE("locals without default value are set before they are read") {
  const std::string_view type = "(type $t (func))";
  CHECK(error_in("(local (ref $t)) (drop (local.get 0))", type) == "uninitialized local 0");
  CHECK(is_valid("(param (ref $t)) (local (ref $t)) (local.set 1 (local.get 0)) (drop (local.get 1))", type));
  // Locals that a block sets are unset again at its end.
  CHECK(error_in("(param (ref $t)) (local (ref $t)) (block (local.set 1 (local.get 0))) (drop (local.get 1))",
                 type) == "uninitialized local 1");
}

TEST_CASE("subtypes may stand for their supertypes") {
  const std::string_view types = "(type $a (sub (struct))) (type $b (sub $a (struct (field i32))))";
  CHECK(is_valid("(param (ref $b)) (result (ref null $a)) (local.get 0)", types));
  CHECK(error_in("(param (ref $a)) (result (ref $b)) (local.get 0)", types).starts_with("type mismatch"));
  CHECK(is_valid("(param anyref) (result (ref $b)) (block $l (result (ref $b)) "
                 "(br_on_cast $l anyref (ref $b) (local.get 0)) (unreachable))",
                 types));
  CHECK(error_of("(module (type $a (struct)) (type (sub $a (struct))))").starts_with("sub type 1"));
  CHECK(error_of("(module (type $a (sub (struct (field i32)))) (type (sub $a (struct))))")
            .starts_with("sub type 1"));
}

TEST_CASE("exceptions") {
  CHECK(is_valid(
      "(block $l (result i32) (try_table (catch $e $l) (throw $e (i32.const 1))) (unreachable)) drop",
      "(tag $e (param i32))"));
  CHECK(
      error_in("(block $l (try_table (catch $e $l)))", "(tag $e (param i32))").starts_with("type mismatch"));
  CHECK(error_of("(module (tag (result i32)))").starts_with("non-empty tag result type"));
}

TEST_CASE("constant expressions") {
  CHECK(validate("(module (global i32 (i32.add (i32.const 1) (i32.const 2))))").has_value());
  CHECK(error_of("(module (global i32 (i32.div_s (i32.const 1) (i32.const 2))))")
            .starts_with("constant expression required"));
  CHECK(error_of("(module (global i64 (i32.const 1)))").starts_with("type mismatch"));
  CHECK(error_of("(module (global i32 (global.get 1)) (global i32 (i32.const 0)))")
            .starts_with("unknown global 1"));
  CHECK(error_of("(module (import \"m\" \"g\" (global (mut i32))) (global i32 (global.get 0)))")
            .starts_with("constant expression required"));
  CHECK(error_of("(module (global i32 (i32.add (i32.const 1) (i32.const 2))))", Features::wasm1())
            .starts_with("constant expression required"));
}

TEST_CASE("sizes, names and the start function") {
  CHECK(error_of("(module (memory 65537))").starts_with("memory size"));
  CHECK(error_of("(module (memory 2 1))").starts_with("size minimum must not be greater than maximum"));
  CHECK(error_of("(module (func (export \"a\") (export \"a\")))") == "duplicate export name \"a\"");
  CHECK(error_of("(module (func (param i32)) (start 0))").starts_with("start function"));
  CHECK(error_of("(module (memory 1) (memory 1))", Features::wasm1()) ==
        "a second memory needs the feature multi-memory, which Config::features turns off");
}

TEST_CASE("instructions of features that are off are refused") {
  CHECK(error_of("(module (func (drop (i32.extend8_s (i32.const 0)))))", Features::wasm1()) ==
        "i32.extend8_s needs the feature sign-extension, which Config::features turns off");
  CHECK(error_of("(module (func (drop (ref.null any))))", Features::wasm1().with(Feature::reference_types)) ==
        "the type anyref needs the feature gc, which this version of Skerry does not support");
  CHECK(error_of("(module (global i32 (i31.get_s (ref.i31 (i32.const 1)))))", Features::defaults())
            .starts_with("ref.i31 needs the feature gc"));
}

TEST_CASE("imports and exports are described, exports found by name") {
  const auto module = decode(R"((module (import "m" "f" (func (param i32) (result i64)))
    (memory (export "z") 1 2) (global (export "a") (mut f32) (f32.const 0)) (func (export "") (param f64))))",
                             Features::defaults());
  REQUIRE(validate(*module).has_value());
  REQUIRE(module->imports.size() == 1);
  CHECK(to_string(vm::extern_type(*module, ExternKind::func, 0)) ==
        to_string(ExternType(FuncType{{i32}, {i64}})));
  const auto type_of = [&](std::string_view name) {
    const vm::Export* found = vm::find_export(*module, name);
    REQUIRE(found != nullptr);
    return vm::extern_type(*module, found->kind, found->index);
  };
  CHECK(std::get<GlobalType>(type_of("a")) == GlobalType{f32, true});
  CHECK(std::get<MemoryType>(type_of("z")).limits.max == 2);
  CHECK(vm::find_export(*module, "")->index == 1);
  CHECK(vm::find_export(*module, "b") == nullptr);
}
