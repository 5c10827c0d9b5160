// Loads and stores of memory 0 with 32-bit addresses, in four addressing modes (vm/code/handler_table.hpp).
//
// `end` is offset + access size; the access ends at address + end, so one comparison with the memory's size
// is the whole bounds check. Sums are of 32-bit values in 64 bits: they cannot wrap.
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

/// The end of the access. Kind imm of the base means there is none; b is shifted by `Shift`.
template <int A, int B, int Shift, class Layout>
SKERRY_INLINE uint64_t access_end(State& s, const Layout& i) {
  uint32_t base = 0;
  if constexpr (A != kind::imm) base = read<uint32_t, A>(s, i.a);
  if constexpr (requires { i.b; }) base += read<uint32_t, B>(s, i.b) << Shift;
  if constexpr (requires { i.addend; }) base += static_cast<uint32_t>(i.addend);
  return uint64_t{base} + i.end;
}
/// The trap of an access that would begin at `start`. The address travels in the register of the memory.
SKERRY_INLINE ErrorCode out_of_bounds(State& s, uint64_t start) {
  s.memory = reinterpret_cast<std::byte*>(start);
  return ErrorCode::out_of_bounds_memory_access;
}
/// The shift that indexes an array of such elements; bytes are indexed unshifted or as part of words.
inline constexpr int index_shift(size_t bytes) {
  return bytes == 8 ? 3 : bytes == 4 ? 2 : bytes == 2 ? 1 : 2;
}

/// d := T(M read from memory), M as stored and T as kept
template <class M, class T, AddressMode Mode, int D, int A, int B, int Scaled> struct Load {
  using Layout = AccessLayout<Mode>::Type;
  static constexpr bool can_trap = true;
  SKERRY_INLINE static ErrorCode run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    const uint64_t end = access_end<A, B, Scaled ? index_shift(sizeof(M)) : 0>(s, i);
    if (end > s.memory_size) [[unlikely]]
      return out_of_bounds(s, end - sizeof(M));
    write<D>(s, i.value.slot(), static_cast<T>(load_as<M>(s.memory + end - sizeof(M))));
    return ErrorCode::none;
  }
};

/// memory := M(value); small integers may be constants
template <class M, AddressMode Mode, int C, int A, int B, int Scaled> struct StoreValue {
  using Layout = AccessLayout<Mode>::Type;
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
    std::memcpy(s.memory + end - sizeof(M), &value, sizeof value);
    return ErrorCode::none;
  }
};

} // namespace skerry::vm
