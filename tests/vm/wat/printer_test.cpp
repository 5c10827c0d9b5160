#include "skerry/wast.hpp"
#include "skerry/wat.hpp"
#include "tests/catch.hpp"
#include "tests/support/wasm.hpp"

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

TEST_CASE("bytes that are not a module are not printed") {
  const std::vector<std::byte> nothing;
  CHECK(error_of(wat::to_text(nothing)).kind() == ErrorKind::malformed);
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
    }
  }
  CHECK(modules > 2000);
}
