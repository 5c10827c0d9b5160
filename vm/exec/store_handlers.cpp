#include "vm/exec/handlers.hpp"
#include "vm/exec/memory_ops.hpp"

namespace skerry::vm {
namespace {

MemoryHandlers& row(HandlerTable& table, Opcode op) {
  return table.memory[static_cast<size_t>(op) - first_memory_row];
}

} // namespace

void add_store_handlers(HandlerTable& table) {
  using enum Opcode;
  row(table, i32_store8) = row(table, i64_store8) = MemoryRow<StoreFamily<uint8_t>>::handlers();
  row(table, i32_store16) = row(table, i64_store16) = MemoryRow<StoreFamily<uint16_t>>::handlers();
  row(table, i32_store) = row(table, i64_store32) = MemoryRow<StoreFamily<uint32_t>>::handlers();
  row(table, i64_store) = MemoryRow<StoreFamily<uint64_t>>::handlers();
  row(table, f32_store) = MemoryRow<StoreFamily<float>>::handlers();
  row(table, f64_store) = MemoryRow<StoreFamily<double>>::handlers();
}

} // namespace skerry::vm
