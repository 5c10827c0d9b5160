// The handlers of stores in memory 0 with 32-bit addresses.
#include "vm/exec/handlers.hpp"
#include "vm/exec/memory_rows.hpp"

namespace skerry::vm {
void add_store_handlers(HandlerTable& table) {
  using enum Opcode;
  row_of(table, i32_store8) = row_of(table, i64_store8) = MemoryRow<StoreFamily<uint8_t>>::rows();
  row_of(table, i32_store16) = row_of(table, i64_store16) = MemoryRow<StoreFamily<uint16_t>>::rows();
  row_of(table, i32_store) = row_of(table, i64_store32) = MemoryRow<StoreFamily<uint32_t>>::rows();
  row_of(table, i64_store) = MemoryRow<StoreFamily<uint64_t>>::rows();
  row_of(table, f32_store) = MemoryRow<StoreFamily<float>>::rows();
  row_of(table, f64_store) = MemoryRow<StoreFamily<double>>::rows();
  row_of(table, v128_store) = MemoryRow<StoreFamily<Vector>>::rows();
}

} // namespace skerry::vm
