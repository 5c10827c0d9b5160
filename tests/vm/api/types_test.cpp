#include "skerry/module.hpp"
#include "skerry/types.hpp"

#include "tests/catch.hpp"

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
