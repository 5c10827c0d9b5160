// Loads from memory 0 with 32-bit addresses.
#include "vm/exec/handlers.hpp"
#include "vm/exec/memory_ops.hpp"

namespace skerry::vm {
/// Registers hold i32 zero-extended, so an unsigned load is the same for i32 and i64.
void add_load_handlers(HandlerTable& table) {
  using enum Opcode;
  memory_row(table, i32_load8_u) = memory_row(table, i64_load8_u) =
      MemoryRow<LoadFamily<uint8_t, uint64_t>>::handlers();
  memory_row(table, i32_load16_u) = memory_row(table, i64_load16_u) =
      MemoryRow<LoadFamily<uint16_t, uint64_t>>::handlers();
  memory_row(table, i32_load) = memory_row(table, i64_load32_u) =
      MemoryRow<LoadFamily<uint32_t, uint64_t>>::handlers();
  memory_row(table, i64_load) = MemoryRow<LoadFamily<uint64_t, uint64_t>>::handlers();
  memory_row(table, i32_load8_s) = MemoryRow<LoadFamily<int8_t, uint32_t>>::handlers();
  memory_row(table, i32_load16_s) = MemoryRow<LoadFamily<int16_t, uint32_t>>::handlers();
  memory_row(table, i64_load8_s) = MemoryRow<LoadFamily<int8_t, uint64_t>>::handlers();
  memory_row(table, i64_load16_s) = MemoryRow<LoadFamily<int16_t, uint64_t>>::handlers();
  memory_row(table, i64_load32_s) = MemoryRow<LoadFamily<int32_t, uint64_t>>::handlers();
  memory_row(table, f32_load) = MemoryRow<LoadFamily<float, float>>::handlers();
  memory_row(table, f64_load) = MemoryRow<LoadFamily<double, double>>::handlers();
}

} // namespace skerry::vm
