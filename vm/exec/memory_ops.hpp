// Loads and stores in memory 0 with 32-bit addresses, in four addressing modes (vm/code/handler_table.hpp).
//
// The instruction's field `end` is the offset immediate of the load or store plus the size of the access, so
// the access ends at address + end. One comparison of this sum with the size of the memory is the whole
// bounds check. The sum adds two 32-bit values in 64 bits, so it cannot wrap.
#pragma once

#include "vm/code/handler_table.hpp"
#include "vm/exec/numeric_ops.hpp"

namespace skerry::vm {

template <AddressMode> struct AccessLayout;
template <> struct AccessLayout<AddressMode::plain> {
  using Type = layout::PlainAccess;
};
template <> struct AccessLayout<AddressMode::indexed> {
  using Type = layout::IndexedAccess;
};
template <> struct AccessLayout<AddressMode::wrapped> {
  using Type = layout::WrappedAccess;
};
template <> struct AccessLayout<AddressMode::indexed_wrapped> {
  using Type = layout::IndexedWrappedAccess;
};

/// Returns the address at which the access ends: `a` + (`b` << Shift) + `addend`, wrapped to 32 bits, plus
/// `end`. A field that the layout does not have counts as 0, and so does `a` if A is place::constant.
template <int A, int B, int Shift, class Layout>
SKERRY_INLINE uint64_t access_end(State& s, const Layout& i) {
  uint32_t base = 0;
  if constexpr (A != place::constant) base = read<uint32_t, A>(s, i.a);
  if constexpr (requires { i.b; }) base += read<uint32_t, B>(s, i.b) << Shift;
  if constexpr (requires { i.addend; }) base += static_cast<uint32_t>(i.addend);
  return uint64_t{base} + i.end;
}
/// Returns the shift of the scaled addressing modes, which turns the index of an element of `bytes` bytes
/// into a byte offset. Accesses of 1 and 16 bytes use the shift of 32-bit elements: an access of one byte
/// often reads a part of a 32-bit word.
inline constexpr int index_shift(size_t bytes) {
  return bytes == 8 ? 3 : bytes == 4 ? 2 : bytes == 2 ? 1 : 2;
}

/// d := T(the M in memory), where M is the type in memory and T is the type in the slot or register.
template <class M, class T, AddressMode Mode, int D, int A, int B, int Scaled> struct Load {
  using Layout = typename AccessLayout<Mode>::Type;
  static constexpr bool can_trap = true;
  SKERRY_INLINE static ErrorCode run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    const uint64_t end = access_end<A, B, Scaled ? index_shift(sizeof(M)) : 0>(s, i);
    if (end > s.memory_size) [[unlikely]]
      return out_of_bounds(s, end - sizeof(M));
    write<D>(s, i.value.slot(), static_cast<T>(load_little_endian<M>(s.memory + end - sizeof(M))));
    return ErrorCode::none;
  }
};

/// The M in memory := value. The value may be a constant if it is an integer of 16 bits.
template <class M, AddressMode Mode, int C, int A, int B, int Scaled> struct StoreValue {
  using Layout = typename AccessLayout<Mode>::Type;
  static constexpr bool can_trap = true;
  SKERRY_INLINE static ErrorCode run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    const uint64_t end = access_end<A, B, Scaled ? index_shift(sizeof(M)) : 0>(s, i);
    M value;
    if constexpr (VectorClass<M>)
      value = read<M, C>(s, i.value.slot());
    else
      value = static_cast<M>(read<C>(s, i.value));
    if (end > s.memory_size) [[unlikely]]
      return out_of_bounds(s, end - sizeof(M));
    store_little_endian(s.memory + end - sizeof(M), value);
    return ErrorCode::none;
  }
};

} // namespace skerry::vm
