#include "vm/runtime/bulk.hpp"

#include "tests/support/wasm.hpp"

#include <algorithm>

using namespace skerry;
using namespace skerry::test;

namespace {

constexpr uint64_t page = 65'536;
constexpr uint64_t far_away = ~uint64_t{0};
constexpr ErrorCode memory_trap = ErrorCode::out_of_bounds_memory_access;
constexpr ErrorCode table_trap = ErrorCode::out_of_bounds_table_access;

vm::MemoryInstance& new_memory(Fixture& f) {
  return *must(Memory::create(f.store, MemoryType{{.min = 1}})).data();
}
vm::TableInstance& new_table(Fixture& f, uint64_t size) {
  return *must(Table::create(f.store, TableType{externref, {.min = size}}, Value(externref, Ref{}))).data();
}

} // namespace

TEST_CASE("memory.fill checks its bounds first") {
  Fixture f;
  vm::MemoryInstance& memory = new_memory(f);
  CHECK(vm::memory_fill(memory, page - 2, 9, 2) == ErrorCode::none);
  CHECK(memory.base[page - 1] == std::byte{9});
  CHECK(vm::memory_fill(memory, page - 2, 1, 3) == memory_trap);
  CHECK(memory.base[page - 2] == std::byte{9});
  CHECK(vm::memory_fill(memory, page, 1, 0) == ErrorCode::none);
  CHECK(vm::memory_fill(memory, page + 1, 1, 0) == memory_trap);
  CHECK(vm::memory_fill(memory, far_away, 1, far_away) == memory_trap);
}

TEST_CASE("memory.copy copies overlapping ranges") {
  Fixture f;
  vm::MemoryInstance& memory = new_memory(f);
  for (int i = 0; i < 10; ++i) memory.base[i] = static_cast<std::byte>(i);
  CHECK(vm::memory_copy(memory, memory, 2, 0, 8) == ErrorCode::none);
  CHECK(memory.base[2] == std::byte{0});
  CHECK(memory.base[9] == std::byte{7});
  CHECK(vm::memory_copy(memory, memory, 0, page - 1, 2) == memory_trap);
  CHECK(vm::memory_copy(memory, memory, page - 1, 0, 2) == memory_trap);
}

TEST_CASE("memory.init reads a segment as data.drop leaves it") {
  Fixture f;
  vm::MemoryInstance& memory = new_memory(f);
  const std::byte bytes[] = {std::byte{1}, std::byte{2}, std::byte{3}};
  vm::DataInstance segment{bytes, 3};
  CHECK(vm::memory_init(memory, segment, 10, 1, 2) == ErrorCode::none);
  CHECK(memory.base[11] == std::byte{3});
  CHECK(vm::memory_init(memory, segment, 0, 2, 2) == memory_trap);
  vm::data_drop(segment);
  CHECK(vm::memory_init(memory, segment, 0, 0, 1) == memory_trap);
  CHECK(vm::memory_init(memory, segment, 0, 0, 0) == ErrorCode::none);
}

TEST_CASE("table operations check their bounds first") {
  Fixture f;
  vm::TableInstance& table = new_table(f, 4);
  vm::TableInstance& empty = new_table(f, 0);
  CHECK(vm::table_fill(table, 1, 5, 3) == ErrorCode::none);
  CHECK(vm::table_fill(table, 2, 6, 3) == table_trap);
  CHECK(table.elements[3] == 5);
  CHECK(vm::table_copy(table, table, 0, 1, 3) == ErrorCode::none);
  CHECK(table.elements[0] == 5);
  CHECK(vm::table_copy(table, table, 2, 0, 3) == table_trap);
  CHECK(vm::table_copy(empty, table, 0, 0, 0) == ErrorCode::none);
  vm::ElemInstance segment{{7, 8}};
  CHECK(vm::table_init(table, segment, 2, 0, 2) == ErrorCode::none);
  CHECK(table.elements[3] == 8);
  CHECK(vm::table_init(table, segment, 3, 0, 2) == table_trap);
  vm::elem_drop(segment);
  CHECK(vm::table_init(table, segment, 0, 0, 1) == table_trap);
}
