#include "skerry/module.hpp"
#include "skerry/types.hpp"

#include "tests/catch.hpp"

#include <cstddef>
#include <type_traits>

using namespace skerry;

TEST_CASE("types are written as in the text format") {
  CHECK(to_string(i32) == "i32");
  CHECK(to_string(v128) == "v128");
  CHECK(to_string(funcref) == "funcref");
  CHECK(to_string(externref) == "externref");
  CHECK(to_string(ValType::ref(HeapType::none, true)) == "nullref");
  CHECK(to_string(ValType::ref(HeapType::any, false)) == "(ref any)");
  CHECK(to_string(ValType::ref(static_cast<HeapType>(3), true)) == "(ref null 3)");
  CHECK(to_string(FuncType{{i32, i64}, {f32}}) == "(i32, i64) -> (f32)");
  CHECK(to_string(FuncType{}) == "() -> ()");
}

TEST_CASE("external types are written with their kind") {
  CHECK(to_string(ExternType(FuncType{{i32}, {}})) == "function (i32) -> ()");
  CHECK(to_string(ExternType(MemoryType{{.min = 1, .max = 2, .has_max = true}})) == "memory 1 2");
  CHECK(to_string(ExternType(TableType{funcref, {.min = 5}})) == "table 5 funcref");
  CHECK(to_string(ExternType(GlobalType{i64, true})) == "global (mut i64)");
}

TEST_CASE("values keep their bits") {
  CHECK(Value(int32_t{-1}).lo() == 0xffff'ffff);
  CHECK(Value(int32_t{-1}).as_i32() == -1);
  CHECK(Value(int64_t{-1}).as_i64() == -1);
  CHECK(Value(1.5f).as_f32() == 1.5f);
  CHECK(Value(-2.5).as_f64() == -2.5);
  const V128 bytes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  CHECK(Value(bytes).as_v128() == bytes);
  CHECK(Value(bytes).type() == v128);
}

TEST_CASE("integers of C++ are i32 or i64 by their size") {
  CHECK(Value(5).type() == i32);
  CHECK(Value(5u).type() == i32);
  CHECK(Value(5l).type() == (sizeof(long) == 4 ? i32 : i64));
  CHECK(Value(5ul).type() == (sizeof(long) == 4 ? i32 : i64));
  CHECK(Value(5ll).type() == i64);
  CHECK(Value(5ull).type() == i64);
  CHECK(Value(size_t{5}).type() == (sizeof(size_t) == 4 ? i32 : i64));
  CHECK(Value(0xffff'ffffu).as_u32() == 0xffff'ffff);
  CHECK(Value(0xffff'ffffu).as_i32() == -1);
  CHECK(Value(-1).as_u64() == 0xffff'ffff); // no sign extension
  CHECK(Value(~uint64_t{0}).as_u64() == ~uint64_t{0});
  CHECK(Value(~uint64_t{0}).as_i64() == -1);
}

TEST_CASE("a bool is an i32") {
  CHECK(Value(true).type() == i32);
  CHECK(Value(true).as_i32() == 1);
  CHECK(Value(false).lo() == 0);
}

TEST_CASE("a type that is not a WebAssembly number does not become a value silently") {
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Value, char>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Value, char32_t>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Value, wchar_t>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Value, short>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Value, const char*>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Value, std::nullptr_t>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Value, void (*)()>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Value, long double>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Value, ValType::Kind>);
}
