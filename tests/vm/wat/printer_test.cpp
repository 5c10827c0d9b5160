#include "skerry/wast.hpp"
#include "skerry/wat.hpp"
#include "tests/catch.hpp"
#include "tests/support/emulation.hpp"
#include "tests/support/wasm.hpp"
#include "vm/isa/instruction.hpp"
#include "vm/module/binary_decoder.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/runtime/names.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace skerry;
using namespace skerry::test;

namespace {

/// Text made from `bytes` becomes `bytes` again.
bool round_trips(const std::vector<std::byte>& bytes) {
  auto text = wat::to_text(bytes);
  if (!text) return false;
  auto again = wat::to_binary(*text);
  return again && *again == bytes;
}

std::string printed(std::string_view text) { return must(wat::to_text(must(wat::to_binary(text)))); }

} // namespace

TEST_CASE("a printed module") {
  CHECK(printed(R"((module $m (func $add (export "add") (param $a i32) (param i32) (result i32) (local $t f64)
    (if (result i32) (local.get $a) (then (local.get 1)) (else (i32.const -1))))))") ==
        R"((module $m
  (type (;0;) (func (param i32 i32) (result i32)))
  (export "add" (func $add))
  (func $add (type 0) (param $a i32) (param i32) (result i32)
    (local $t f64)
    local.get $a
    if (result i32)
      local.get 1
    else
      i32.const -1
    end
  )
)
)");
}

TEST_CASE("printing and parsing gives the same bytes") {
  for (const char* text : {
           "(module)",
           R"((module $"a b" (import "m" "\00\"\\é" (func $f (param f32))) (start 1) (func $g)))",
           "(memory 1 2) (data $d \"a\\ff\") (data (i32.const 1) \"\") (func (memory.init $d (i32.const 0) "
           "(i32.const 0) (i32.const 0)) (data.drop 1))",
           "(table $t 1 funcref) (table 2 externref) (elem declare func $f) (elem $e externref (ref.null "
           "extern)) (elem (table $t) (offset i32.const 0) func $f) (func $f table.init 1 $e)",
           "(type $v (func (param f64 f64) (result f32))) (func (type $v) (f32.const nan:0x123) (drop) "
           "(f32.const -inf))",
           "(func (block (block (br_table 0 1 0 (i32.const 1)))) (loop (br 0)))",
           "(memory 1) (func (drop (i64.load32_u offset=7 align=2 (i32.const 0))) (drop (memory.grow "
           "(i32.const 1))))",
           "(func (result i32) (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)))",
           "(func (drop (v128.const f32x4 1 2 3 nan)) (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 "
           "14 31 (v128.const i32x4 0 0 0 0) (v128.const i64x2 0 0))))",
           "(rec (type $a (struct (field (mut i8)) (field (ref null $b)))) (type $b (sub (array (mut (ref "
           "$a)))))) (func (param (ref $a)) (drop (struct.get_s $a 0 (local.get 0))))",
           "(tag $e (param i32)) (func (block $h (result i32) (try_table (catch $e $h) (catch_all 0) (throw "
           "$e (i32.const 1))) (i32.const 0)) (drop))",
           "(global $g (mut (ref null func)) (ref.null func)) (func (drop (ref.test (ref func) (global.get "
           "$g))) (drop (block (result (ref func)) (br_on_cast 0 funcref (ref func) (global.get $g)) "
           "(unreachable))))",
       }) {
    INFO(text);
    CHECK(round_trips(must(wat::to_binary(text))));
  }
}

TEST_CASE("names that cannot be identifiers are kept by annotations") {
  const std::string text = R"((module (@name "")
  (type $t (;unused;) (func (param i32 i32)))
  (import "m" "i" (func $i (type $t) (param $p i32) (param $p2 (@name "p") i32)))
  (func $f (type $t) (param $x i32) (param (@name "") i32)
    (local $x#2 (@name "x") i64) (local $"odd name" i64)
    local.get $x#2
    drop)
  (func $f#2 (@name "f") (type $t) (param i32 i32)
    i32.const 1 i32.const 2 call $f#2)
  (func (@name "f#3") (type $t))
  (func (@name "f") (type $t))
  (func (@name "") (type $t))
  (global $g (@name "\u{1F600}") i32 i32.const 0)
))";
  const std::vector<std::byte> bytes = must(wat::to_binary(text));
  const std::string again = must(wat::to_text(bytes));
  INFO(again);
  CHECK(must(wat::to_text(must(wat::to_binary(again)))) == again);
  for (const char* part :
       {"(module (@name \"\")", "(param $p i32) (param $p#1 (@name \"p\") i32)", "(func $f (type $t)",
        "(param $x i32) (param i32)\n", "(local $x#2 (@name \"x\") i64)", "(local $\"odd name\" i64)",
        "local.get $x#2", "(func $f#2 (@name \"f\")", "call $f#2", "(func $f#3 (type",
        "(func $f#4 (@name \"f\")", "(func (;5;) (@name \"\")", "(global $\"\\f0\\9f\\98\\80\" i32"})
    CHECK(again.find(part) != std::string::npos);
  const Module module = must(Module::compile(Engine(), bytes));
  CHECK(module.func_name(2) == "f");
  CHECK(module.func_name(3) == "f#3");
}

TEST_CASE("an identifier made from a name and an index is never that of another item") {
  // Function 1 would be called $a#1, but function 2 has this name.
  const auto bytes = must(wat::to_binary(
      "(func (@name \"a\")) (func (@name \"a\")) (func (@name \"a#1\")) (func call 0 call 1 call 2)"));
  CHECK(round_trips(bytes));
  const std::string text = must(wat::to_text(bytes));
  CHECK(text.find("(func (;1;) (@name \"a\")") != std::string::npos);
  CHECK(text.find("call $a\n    call 1\n    call $a#1\n") != std::string::npos);
}

TEST_CASE("labels and fields keep their names") {
  const std::vector<std::byte> bytes = must(wat::to_binary(
      "(type $s (struct (field $x i32) (field i32) (field $y (mut i64))))"
      "(func (block $a (loop $b (br $a) (br $b) (block (br $b)) (if $a (i32.const 1) (then (br $a) (br 2))))"
      " (br_table $a 0 (i32.const 0))) (block $\"\\n\" (br 0)))"
      "(func (block (block $c (br $c))))"));
  CHECK(round_trips(bytes));
  const std::string text = must(wat::to_text(bytes));
  INFO(text);
  CHECK(text.find("(struct (field $x i32) (field i32) (field $y (mut i64)))") != std::string::npos);
  CHECK(
      text.find("block $a\n      loop $b\n        br $a\n        br $b\n        block\n          br $b\n") !=
      std::string::npos);
  CHECK(text.find("if $a\n          br $a\n          br 2\n") != std::string::npos); // the outer $a is hidden
  CHECK(text.find("br_table $a $a") != std::string::npos);
  CHECK(text.find("block\n      block $c\n        br $c\n") != std::string::npos);
}

TEST_CASE("custom sections keep their place") {
  const std::vector<std::byte> bytes = must(wat::to_binary(
      R"((@custom "a" (before first) "1") (type (func)) (@custom "b" (after type)) (func $f) (@custom "" (after code) "\00\ff\"")
      (memory 1) (data "x") (@custom "before the names" (after data)) (@custom "after the names" "2"))"));
  CHECK(round_trips(bytes));
  const std::string text = must(wat::to_text(bytes));
  CHECK(text.find(R"(  (@custom "a" (before first) "1")
  (@custom "b" (after type) "")
  (@custom "" (after code) "\00\ff\"")
  (@custom "before the names" (after data) "")
  (@custom "after the names" "2"))") != std::string::npos);
}

TEST_CASE("bytes that are not a module are not printed") {
  const std::vector<std::byte> nothing;
  CHECK(error_of(wat::to_text(nothing)).kind() == ErrorKind::malformed);
}

namespace {

using Custom = std::pair<std::string, std::vector<std::byte>>;

/// The custom sections except the name section.
std::vector<Custom> customs_of(const vm::Module& module) {
  std::vector<Custom> customs;
  for (const vm::CustomRange& range : module.custom_sections) {
    const auto name = module.range(range.name_offset, range.name_size);
    const auto content = module.range(range.bytes_offset, range.bytes_size);
    std::string text(reinterpret_cast<const char*>(name.data()), name.size());
    if (text != "name") customs.emplace_back(std::move(text), std::vector(content.begin(), content.end()));
  }
  return customs;
}

/// The instructions of a function without their immediates, which a second printing compares.
std::vector<vm::Opcode> opcodes_of(const vm::Module& module, const vm::FuncBody& body) {
  vm::ByteReader reader(module.range(body.offset, body.size), body.offset);
  for (uint32_t runs = reader.leb_u32(); runs > 0 && reader.ok(); --runs)
    reader.leb_u32(), vm::decode_value_type(reader);
  std::vector<vm::Opcode> opcodes;
  for (vm::Instruction instr{}; !reader.at_end() && vm::decode_instruction(reader, instr);)
    opcodes.push_back(instr.op);
  return opcodes;
}

std::shared_ptr<vm::Module> decoded(const std::vector<std::byte>& bytes) {
  Config config;
  config.features = Features::all();
  return must(
      vm::decode_module(std::make_shared<vm::EngineData>(config), vm::ModuleBytes(std::vector(bytes))));
}

/// Checks that a module keeps its functions, names and custom sections when it is printed and read again.
void check_kept(const std::vector<std::byte>& bytes) {
  const std::string text = must(wat::to_text(bytes, {.max_bytes = uint64_t{1} << 32}));
  const std::vector<std::byte> again = must(wat::to_binary(text));
  CHECK(must(wat::to_text(again, {.max_bytes = uint64_t{1} << 32})) == text);
  const auto before = decoded(bytes), after = decoded(again);
  CHECK(customs_of(*before) == customs_of(*after));
  CHECK(before->names.module == after->names.module);
  REQUIRE(before->functions.size() == after->functions.size());
  for (uint32_t i = 0; i < before->functions.size(); ++i)
    CHECK(vm::func_name(*before, i) == vm::func_name(*after, i));
  REQUIRE(before->bodies.size() == after->bodies.size());
  for (size_t i = 0; i < before->bodies.size(); ++i)
    CHECK(opcodes_of(*before, before->bodies[i]) == opcodes_of(*after, after->bodies[i]));
}

std::vector<std::byte> bytes_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto span = std::as_bytes(std::span(text));
  return {span.begin(), span.end()};
}

} // namespace

// Needs programs; the environment has their place.
TEST_CASE("every program survives printing") {
#ifdef SKERRY_TEST_SANITIZED
  constexpr uintmax_t largest = 128 << 10; // so that the test does not take long
#else
  constexpr uintmax_t largest = 4 << 20;
#endif
  const char* folder = std::getenv("SKERRY_GUESTS");
  if (folder == nullptr) return void(std::puts("  skipped: SKERRY_GUESTS names no folder"));
  if (cannot_be_emulated("takes minutes for this")) return;
  size_t modules = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".wasm" || entry.file_size() > largest) continue;
    const std::vector<std::byte> bytes = bytes_of_file(entry.path());
    INFO(entry.path().string());
    const auto text = wat::to_text(bytes);
    if (!text && text.error().code() == ErrorCode::unsupported) continue;
    ++modules;
    check_kept(bytes);
  }
  CHECK(modules > 0);
}

// Needs the official suite; ctest passes its place in the environment.
TEST_CASE("every text module of the suite survives printing", "[.suite]") {
  const char* suite = std::getenv("SKERRY_SPEC_SUITE");
  REQUIRE(suite != nullptr);
  size_t modules = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(suite) + "/core")) {
    if (entry.path().extension() != ".wast") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    for (const wat::Command& command : wat::parse_script(text)) {
      const bool good =
          command.module && command.module->bytes && command.module->form != wat::ScriptModule::Form::binary;
      if (!good || command.kind == wat::Command::Kind::assert_invalid) continue;
      ++modules;
      INFO(entry.path().string() << ":" << command.line);
      CHECK(round_trips(*command.module->bytes));
      check_kept(*command.module->bytes);
    }
  }
  CHECK(modules > 2000);
}
