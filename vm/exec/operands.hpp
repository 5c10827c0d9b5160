// How handlers read and write operands: by type (integer or vector class) and kind (vm/code/handler.hpp).
#pragma once

#include "vm/exec/state.hpp"

#include <concepts>

namespace skerry::vm {

// Positions in an instruction. Immediates of b: 32 bits (integers sign-extended) in its place, f64 behind it.
inline constexpr int at_d = 8, at_a = 10, at_b = 12, at_c = 14, at_imm64 = 16;

SKERRY_INLINE uint64_t* slot_at(const State& s, const std::byte* p, int at) {
  return s.frame + load_as<uint16_t>(p + at);
}

/// Moves slots to where none is above its source. No memmove: a call would make the handler save registers.
SKERRY_INLINE void copy_down(uint64_t* to, const uint64_t* from, uint64_t slots) {
  for (uint64_t i = 0; i < slots; ++i) {
    to[i] = from[i];
    asm volatile("" ::: "memory"); // or the compiler makes a call of memmove of this
  }
}

/// One integer VM register; kinds that this build does not have are never asked for.
template <int Kind> SKERRY_INLINE uint64_t& int_register(State& s) {
#if defined(SKERRY_DISPATCH_TAILCALL)
  static_assert(Kind >= 1 && Kind <= int_registers);
  if constexpr (Kind == 1)
    return s.r0;
  else if constexpr (Kind == 2)
    return s.r1;
  else
    return s.r2;
#else
  static_assert(Kind < 0, "no VM registers in this build");
  return *s.frame;
#endif
}
template <int Kind> SKERRY_INLINE Vector& vector_register(State& s) {
#if defined(SKERRY_DISPATCH_TAILCALL)
  static_assert(Kind >= 1 && Kind <= vector_registers);
  if constexpr (Kind == 1)
    return s.v0;
  else
    return s.v1;
#else
  static_assert(Kind < 0, "no VM registers in this build");
  return *reinterpret_cast<Vector*>(s.frame);
#endif
}

/// The low lane of a vector register (builds without VM registers never call this). What the other lanes hold
/// does not matter, so writing needs no merging.
template <std::floating_point T> SKERRY_INLINE T low_lane(Vector v) {
  T value;
  std::memcpy(&value, &v, sizeof value);
  return value;
}
template <std::floating_point T> SKERRY_INLINE Vector to_vector(T value) {
#if defined(SKERRY_DISPATCH_TAILCALL)
  using One = T __attribute__((vector_size(sizeof(T))));
  const One one = {value};
  if constexpr (sizeof(T) == 4)
    return __builtin_shufflevector(one, one, 0, -1, -1, -1);
  else
    return reinterpret_cast<Vector>(__builtin_shufflevector(one, one, 0, -1));
#else
  return Vector{static_cast<float>(value)};
#endif
}

template <class T>
concept VectorClass = std::floating_point<T> || std::same_as<T, Vector>;
/// Kinds that a type's operands have: all but constants, and with constants.
template <class T> inline constexpr int writable_kinds = VectorClass<T> ? kind::vwritable : kind::writable;
template <class T> inline constexpr int readable_kinds = VectorClass<T> ? kind::vreadable : kind::readable;
template <class T> inline constexpr int imm_kind = VectorClass<T> ? kind::vimm : kind::imm;

/// Reads an operand that is no constant.
template <class T, int Kind> SKERRY_INLINE T read(State& s, const std::byte* p, int at) {
  if constexpr (Kind == kind::slot) {
    T value;
    std::memcpy(&value, slot_at(s, p, at), sizeof value);
    return value;
  } else if constexpr (std::same_as<T, Vector>) {
    return vector_register<Kind>(s);
  } else if constexpr (std::floating_point<T>) {
    return low_lane<T>(vector_register<Kind>(s));
  } else {
    return static_cast<T>(int_register<Kind>(s));
  }
}

/// Reads operand b, which may be an immediate.
template <class T, int Kind> SKERRY_INLINE T read_b(State& s, const std::byte* p) {
  if constexpr (Kind != imm_kind<T>)
    return read<T, Kind>(s, p, at_b);
  else if constexpr (std::same_as<T, double>)
    return load_as<double>(p + at_imm64);
  else if constexpr (std::same_as<T, float>)
    return load_as<float>(p + at_b);
  else
    return static_cast<T>(int64_t{load_as<int32_t>(p + at_b)});
}

/// Reads an integer operand whose immediate has 16 bits and lies in the slot's place.
template <int Kind> SKERRY_INLINE uint64_t read_imm16(State& s, const std::byte* p, int at) {
  if constexpr (Kind == kind::imm)
    return static_cast<uint64_t>(int64_t{load_as<int16_t>(p + at)});
  else
    return read<uint64_t, Kind>(s, p, at);
}

/// Integers are kept zero-extended; of an f32 only the low half of the slot means something.
template <int Kind, class T> SKERRY_INLINE void write(State& s, const std::byte* p, int at, T value) {
  if constexpr (std::integral<T>) {
    if constexpr (Kind == kind::slot)
      *slot_at(s, p, at) = uint64_t{value};
    else
      int_register<Kind>(s) = uint64_t{value};
  } else if constexpr (Kind == kind::slot) {
    std::memcpy(slot_at(s, p, at), &value, sizeof value);
  } else if constexpr (std::same_as<T, Vector>) {
    vector_register<Kind>(s) = value;
  } else {
    vector_register<Kind>(s) = to_vector(value);
  }
}

} // namespace skerry::vm
