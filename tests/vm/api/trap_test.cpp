#include "tests/support/wasm.hpp"

using namespace skerry;
using namespace skerry::test;

TEST_CASE("traps describe what happened", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (type $v (func)) (type $i (func (param i32)))
    (memory 1) (table 3 funcref) (elem (i32.const 0) $takes_int)
    (func $takes_int (param i32))
    (func (export "unreachable") (unreachable))
    (func (export "divide") (drop (i32.div_s (i32.const 1) (i32.const 0))))
    (func (export "overflow") (drop (i64.div_s (i64.const 0x8000000000000000) (i64.const -1))))
    (func (export "convert") (drop (i32.trunc_f32_s (f32.const nan))))
    (func (export "load") (drop (i32.load (i32.const 65533))))
    (func (export "store") (i64.store (i32.const -1) (i64.const 0)))
    (func (export "table") (drop (table.get 0 (i32.const 3))))
    (func (export "undefined") (call_indirect (type $v) (i32.const 3)))
    (func (export "uninitialized") (call_indirect (type $v) (i32.const 1)))
    (func (export "mismatch") (call_indirect (type $v) (i32.const 0)))
    (func $deep (export "deep") (call $deep))))");
  const auto code = [&](const char* name) { return error_of(must(instance.func<void()>(name))()).code(); };
  CHECK(code("unreachable") == ErrorCode::unreachable);
  CHECK(code("divide") == ErrorCode::integer_divide_by_zero);
  CHECK(code("overflow") == ErrorCode::integer_overflow);
  CHECK(code("convert") == ErrorCode::invalid_conversion_to_integer);
  CHECK(code("load") == ErrorCode::out_of_bounds_memory_access);
  CHECK(code("store") == ErrorCode::out_of_bounds_memory_access);
  CHECK(code("table") == ErrorCode::out_of_bounds_table_access);
  CHECK(code("undefined") == ErrorCode::undefined_element);
  CHECK(code("uninitialized") == ErrorCode::uninitialized_element);
  CHECK(code("mismatch") == ErrorCode::indirect_call_type_mismatch);
  CHECK(code("deep") == ErrorCode::call_stack_exhausted);
}

TEST_CASE("a trap out of bounds names the address, the size of the access and the size of the memory",
          "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (memory 1) (memory $second 2) (memory $wide i64 1) (data $abc "abc")
    (func (export "constant") (drop (i32.load (i32.const 65533))))
    (func (export "offset") (param i32) (drop (i64.load16_s offset=7 (local.get 0))))
    (func (export "index") (param i32 i32)
      (drop (f64.load offset=16 (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 3))))))
    (func (export "vector") (param i32)
      (drop (v128.load8_lane 3 (local.get 0) (v128.const i32x4 0 0 0 0))))
    (func (export "splat") (param i32) (drop (v128.load32_splat (local.get 0))))
    (func (export "store") (param i32) (i32.store8 (local.get 0) (i32.const 1)))
    (func (export "last") (param i32) (i32.store offset=0xffffffff (local.get 0) (i32.const 1)))
    (func (export "second") (param i32) (drop (i32.load $second (local.get 0))))
    (func (export "wide") (param i64) (drop (i64.load $wide offset=8 (local.get 0))))
    (func (export "fill") (param i32 i32) (memory.fill (local.get 0) (i32.const 0) (local.get 1)))
    (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
    (func (export "init") (param i32 i32 i32) (memory.init $abc (local.get 0) (local.get 1) (local.get 2)))))");
  const auto message = [&]<class... T>(const char* name, T... arguments) {
    return error_of(must(instance.func<void(T...)>(name))(arguments...)).message();
  };
  const auto at = [](const std::string& what, int pages = 1) {
    return "out of bounds memory access: " + what + ", the memory has " + std::to_string(pages * 65536) +
           " bytes";
  };
  CHECK(message("constant") == at("4 bytes at address 65533"));
  CHECK(message("offset", 65528) == at("2 bytes at address 65535"));
  CHECK(message("index", 8, 8190) == at("8 bytes at address 65544"));
  CHECK(message("vector", 65536) == at("1 byte at address 65536"));
  CHECK(message("splat", 65534) == at("4 bytes at address 65534"));
  CHECK(message("store", -1) == at("1 byte at address 4294967295"));
  CHECK(message("last", -1) == at("4 bytes at address 8589934590"));
  CHECK(message("second", 131070) == at("4 bytes at address 131070", 2));
  CHECK(message("wide", int64_t{65529}) == at("8 bytes at address 65537"));
  CHECK(message("wide", int64_t{-1}) == at("8 bytes at address 18446744073709551615"));
  CHECK(message("fill", 65000, 1000) == at("1000 bytes at address 65000"));
  CHECK(message("copy", 10, 65536, 1) == at("1 byte at address 65536"));
  CHECK(message("copy", 65537, 0, 0) == at("0 bytes at address 65537"));
  CHECK(message("init", 0, 1, 3) == "out of bounds memory access: 3 bytes at 1 of a data segment of 3 bytes");
}

TEST_CASE("a trap's backtrace names functions and offsets, innermost first", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module $plugin
    (func $inner (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
    (func $middle (param i32) (result i32) (i32.add (call $inner (local.get 0)) (i32.const 1)))
    (func (export "outer") (param i32) (result i32) (call $middle (local.get 0)))))");
  const auto outer = must(instance.func<int32_t(int32_t)>("outer"));
  CHECK(must(outer(1)) == 2);
  const Error error = error_of(outer(0));
  const auto& frames = error.backtrace();
  REQUIRE(frames.size() == 3);
  CHECK(frames[0].func_name == "inner");
  CHECK(frames[1].func_name == "middle");
  CHECK(frames[2].func_name == "outer");
  CHECK(frames[0].module_name == "plugin");
  CHECK(frames[0].func_index == 0);
  CHECK(frames[2].func_index == 2);
  const auto bytes = instance.module().bytes();
  const auto opcode_at = [&](const Frame& frame) { return static_cast<int>(bytes[frame.module_offset]); };
  CHECK(opcode_at(frames[0]) == 0x6e); // i32.div_u
  CHECK(opcode_at(frames[1]) == 0x10); // call
  CHECK(opcode_at(frames[2]) == 0x10);
  CHECK(error.func_name() == "inner");
}

TEST_CASE("a backtrace crosses instances", "[exec]") {
  Fixture f;
  f.linker.define_instance("lib",
                           f.instantiate(R"((module $lib (func $boom (export "boom") (unreachable))))"));
  const Instance app = f.instantiate(R"((module $app
    (import "lib" "boom" (func $boom)) (func (export "main") (call $boom))))");
  const Error error = error_of(must(app.func<void()>("main"))());
  REQUIRE(error.backtrace().size() == 2);
  CHECK(error.backtrace()[0].module_name == "lib");
  CHECK(error.backtrace()[0].func_name == "boom");
  CHECK(error.backtrace()[1].module_name == "app");
  CHECK(error.backtrace()[1].func_name == "main");
}

TEST_CASE("a store still works after a trap", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (global $g (mut i32) (i32.const 0))
    (func (export "fail") (global.set $g (i32.const 7)) (unreachable))
    (func (export "get") (result i32) (global.get $g))))");
  for (int i = 0; i < 3; ++i) error_of(must(instance.func<void()>("fail"))());
  CHECK(must(must(instance.func<int32_t()>("get"))()) == 7);
}

TEST_CASE("the start function runs, and its trap fails the instantiation", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (global (export "g") (mut i32) (i32.const 1))
    (func $start (global.set 0 (i32.const 2))) (start $start)))");
  CHECK(must(must(instance.global("g")).get()).as_i32() == 2);
  const Error error = error_of(f.try_instantiate("(module (func $begin (unreachable)) (start $begin))"));
  CHECK(error.code() == ErrorCode::unreachable);
  REQUIRE_FALSE(error.backtrace().empty());
  CHECK(error.backtrace()[0].func_name == "begin");
}

TEST_CASE("the start function obeys fuel and deadline", "[exec]") {
  Fixture f;
  constexpr auto forever = "(module (func $f (loop (br 0))) (start $f))";
  f.store.set_fuel(1'000);
  CHECK(error_of(f.try_instantiate(forever)).code() == ErrorCode::out_of_fuel);
  f.store.set_fuel(Store::unlimited_fuel);
  f.store.set_deadline(Store::Clock::now() + std::chrono::milliseconds(20));
  CHECK(error_of(f.try_instantiate(forever)).code() == ErrorCode::deadline_exceeded);
}
