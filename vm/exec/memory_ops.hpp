// Loads and stores of memory 0 with 32-bit addresses, in four addressing modes (vm/code/handler_table.hpp).
//
//   plain            d @8, a @10, end32 @12
//   indexed          d @8, a @10, b @12, end16 @14
//   wrapped          d @8, a @10, imm32 @12, end32 @16
//   indexed_wrapped  d @8, a @10, b @12, imm32 @16, end32 @20
//
// `end` is offset + access size; the access ends at address + end, so one comparison with the memory's size
// is the whole bounds check. Sums are of 32-bit values in 64 bits: they cannot wrap.
#pragma once

#include "vm/code/handler_table.hpp"
#include "vm/exec/numeric_ops.hpp"

namespace skerry::vm {

/// The end of the access. Kind imm of the base means there is none; b is shifted by `Shift`.
template <AddressMode Mode, int A, int B, int Shift>
SKERRY_INLINE uint64_t access_end(State& s, const std::byte* p) {
  uint32_t base = 0;
  if constexpr (A != kind::imm) base = read<uint32_t, A>(s, p, at_a);
  if constexpr (Mode == AddressMode::plain) {
    return uint64_t{base} + load_as<uint32_t>(p + 12);
  } else if constexpr (Mode == AddressMode::indexed) {
    base += read<uint32_t, B>(s, p, at_b) << Shift;
    return uint64_t{base} + load_as<uint16_t>(p + 14);
  } else if constexpr (Mode == AddressMode::wrapped) {
    base += load_as<uint32_t>(p + 12);
    return uint64_t{base} + load_as<uint32_t>(p + 16);
  } else {
    base += (read<uint32_t, B>(s, p, at_b) << Shift) + load_as<uint32_t>(p + 16);
    return uint64_t{base} + load_as<uint32_t>(p + 20);
  }
}
/// The trap of an access that would begin at `start`. The address travels in the register of the memory.
SKERRY_INLINE ErrorCode out_of_bounds(State& s, uint64_t start) {
  s.memory = reinterpret_cast<std::byte*>(start);
  return ErrorCode::out_of_bounds_memory_access;
}
inline constexpr uint32_t memory_op_size(AddressMode mode) {
  return mode == AddressMode::wrapped || mode == AddressMode::indexed_wrapped ? 24 : 16;
}
/// The shift that indexes an array of such elements; bytes are indexed unshifted or as part of words.
inline constexpr int index_shift(size_t bytes) {
  return bytes == 8 ? 3 : bytes == 4 ? 2 : bytes == 2 ? 1 : 2;
}

/// d := T(M read from memory), M as stored and T as kept
template <class M, class T, AddressMode Mode, int D, int A, int B, int Scaled> struct Load {
  static constexpr bool can_trap = true;
  static constexpr uint32_t size = memory_op_size(Mode);
  SKERRY_INLINE static ErrorCode run(State& s, const std::byte* p) {
    const uint64_t end = access_end<Mode, A, B, Scaled ? index_shift(sizeof(M)) : 0>(s, p);
    if (end > s.memory_size) [[unlikely]]
      return out_of_bounds(s, end - sizeof(M));
    write<D>(s, p, at_d, static_cast<T>(load_as<M>(s.memory + end - sizeof(M))));
    return ErrorCode::none;
  }
};

/// memory := M(value), the value @8 (integers may be a 16-bit immediate)
template <class M, AddressMode Mode, int C, int A, int B, int Scaled> struct StoreValue {
  static constexpr bool can_trap = true;
  static constexpr uint32_t size = memory_op_size(Mode);
  SKERRY_INLINE static ErrorCode run(State& s, const std::byte* p) {
    const uint64_t end = access_end<Mode, A, B, Scaled ? index_shift(sizeof(M)) : 0>(s, p);
    M value;
    if constexpr (VectorClass<M>)
      value = read<M, C>(s, p, at_d);
    else
      value = static_cast<M>(read_imm16<C>(s, p, at_d));
    if (end > s.memory_size) [[unlikely]]
      return out_of_bounds(s, end - sizeof(M));
    std::memcpy(s.memory + end - sizeof(M), &value, sizeof value);
    return ErrorCode::none;
  }
};

} // namespace skerry::vm
