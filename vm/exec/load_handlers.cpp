// The handlers of loads from memory 0 with 32-bit addresses.
#include "vm/exec/handlers.hpp"
#include "vm/exec/memory_rows.hpp"

namespace skerry::vm {
namespace {

/// d := a vector with the loaded number in the lowest lane and zeros in the others
template <class M, AddressMode Mode, int D, int A, int B, int Scaled> struct LoadZero {
  using Layout = typename AccessLayout<Mode>::Type;
  static constexpr bool can_trap = true;
  SKERRY_INLINE static ErrorCode run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    const uint64_t end = access_end<A, B, Scaled ? index_shift(sizeof(M)) : 0>(s, i);
    if (end > s.memory_size) [[unlikely]]
      return out_of_bounds(s, end - sizeof(M));
    Vector result{};
    std::memcpy(&result, s.memory + end - sizeof(M), sizeof(M));
    write<D>(s, i.value.slot(), result);
    return ErrorCode::none;
  }
};
template <class M> struct LoadZeroFamily {
  static constexpr int value_places = place::vector_writable;
  template <AddressMode Mode, int D, int A, int B, int Scaled> using Op = LoadZero<M, Mode, D, A, B, Scaled>;
};

} // namespace

/// An unsigned load has the same handlers for i32 and i64, because slots and registers hold i32 values
/// zero-extended.
void add_load_handlers(HandlerTable& table) {
  using enum Opcode;
  row_of(table, i32_load8_u) = row_of(table, i64_load8_u) = MemoryRow<LoadFamily<uint8_t, uint64_t>>::rows();
  row_of(table, i32_load16_u) = row_of(table, i64_load16_u) =
      MemoryRow<LoadFamily<uint16_t, uint64_t>>::rows();
  row_of(table, i32_load) = row_of(table, i64_load32_u) = MemoryRow<LoadFamily<uint32_t, uint64_t>>::rows();
  row_of(table, i64_load) = MemoryRow<LoadFamily<uint64_t, uint64_t>>::rows();
  row_of(table, i32_load8_s) = MemoryRow<LoadFamily<int8_t, uint32_t>>::rows();
  row_of(table, i32_load16_s) = MemoryRow<LoadFamily<int16_t, uint32_t>>::rows();
  row_of(table, i64_load8_s) = MemoryRow<LoadFamily<int8_t, uint64_t>>::rows();
  row_of(table, i64_load16_s) = MemoryRow<LoadFamily<int16_t, uint64_t>>::rows();
  row_of(table, i64_load32_s) = MemoryRow<LoadFamily<int32_t, uint64_t>>::rows();
  row_of(table, f32_load) = MemoryRow<LoadFamily<float, float>>::rows();
  row_of(table, f64_load) = MemoryRow<LoadFamily<double, double>>::rows();
  row_of(table, v128_load) = MemoryRow<LoadFamily<Vector, Vector>>::rows();
  row_of(table, v128_load32_zero) = MemoryRow<LoadZeroFamily<uint32_t>>::rows();
  row_of(table, v128_load64_zero) = MemoryRow<LoadZeroFamily<uint64_t>>::rows();
}

} // namespace skerry::vm
