// Stores to memory 0 with 32-bit addresses.
#include "vm/exec/handlers.hpp"
#include "vm/exec/memory_ops.hpp"

namespace skerry::vm {
void add_store_handlers(HandlerTable& table) {
  using enum Opcode;
  memory_row(table, i32_store8) = memory_row(table, i64_store8) = MemoryRow<StoreFamily<uint8_t>>::handlers();
  memory_row(table, i32_store16) = memory_row(table, i64_store16) =
      MemoryRow<StoreFamily<uint16_t>>::handlers();
  memory_row(table, i32_store) = memory_row(table, i64_store32) =
      MemoryRow<StoreFamily<uint32_t>>::handlers();
  memory_row(table, i64_store) = MemoryRow<StoreFamily<uint64_t>>::handlers();
  memory_row(table, f32_store) = MemoryRow<StoreFamily<float>>::handlers();
  memory_row(table, f64_store) = MemoryRow<StoreFamily<double>>::handlers();
}

} // namespace skerry::vm
