// Reads and writes the operands of handlers, by type (integer or vector class) and by place
// (vm/code/handler.hpp). The template parameter `Kind` is the place.
#pragma once

#include "vm/base/endian.hpp"
#include "vm/code/layout.hpp"
#include "vm/exec/state.hpp"

#include <concepts>
#include <utility>

namespace skerry::vm {

using layout::Slot;

SKERRY_INLINE uint64_t* slot_at(const State& s, Slot slot) { return s.frame + std::to_underlying(slot); }

/// Copies slots to a destination that is not above the source. It does not use memmove, because a handler
/// that calls a function must save registers.
SKERRY_INLINE void copy_down(uint64_t* to, const uint64_t* from, uint64_t slots) {
  for (uint64_t i = 0; i < slots; ++i) {
    to[i] = from[i];
    asm volatile("" ::: "memory"); // keeps the compiler from calling memmove
  }
}

/// Returns the integer VM register at place `Kind`. No handler is made for a register that the build does not
/// have.
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

/// low_lane() returns the low lane of a vector register. to_vector() makes a vector from a low lane, and
/// leaves the other lanes undefined, because no handler reads them. Builds without VM registers call neither
/// of the two functions.
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

SKERRY_INLINE Vector vector_of(const layout::Bytes16& value) {
  return load_as<Vector>(reinterpret_cast<const std::byte*>(value.bytes.data()));
}

template <class T>
concept VectorClass = std::floating_point<T> || std::same_as<T, Vector>;
/// The number of places that operands of type T can have: writable_places without constants, readable_places
/// with constants.
template <class T>
inline constexpr int writable_places = VectorClass<T> ? place::vector_writable : place::writable;
template <class T>
inline constexpr int readable_places = VectorClass<T> ? place::vector_readable : place::readable;
template <class T> inline constexpr int imm_kind = VectorClass<T> ? place::vector_constant : place::constant;

/// Reads an operand that is not a constant.
template <class T, int Kind> SKERRY_INLINE T read(State& s, Slot slot) {
  if constexpr (Kind == place::slot) {
    return load_low_bytes<T>(slot_at(s, slot));
  } else if constexpr (std::same_as<T, Vector>) {
    return vector_register<Kind>(s);
  } else if constexpr (std::floating_point<T>) {
    return low_lane<T>(vector_register<Kind>(s));
  } else {
    return static_cast<T>(int_register<Kind>(s));
  }
}

/// Reads an operand that may be a constant, except an f64 constant, which is a Constant64.
template <class T, int Kind> SKERRY_INLINE T read(State& s, const layout::SlotOrConstant& operand) {
  if constexpr (Kind != imm_kind<T>) {
    return read<T, Kind>(s, operand.slot());
  } else if constexpr (std::same_as<T, float>) {
    return operand.f32();
  } else {
    static_assert(std::integral<T>);
    return static_cast<T>(operand.integer());
  }
}
template <class T, int Kind> SKERRY_INLINE T read(State&, const layout::Constant64& constant) {
  static_assert(Kind == imm_kind<T>);
  return constant.as<T>();
}
/// Reads an integer operand that may be a constant of 16 bits.
template <int Kind> SKERRY_INLINE uint64_t read(State& s, const layout::SlotOrConstant16& operand) {
  if constexpr (Kind == place::constant)
    return operand.constant();
  else
    return read<uint64_t, Kind>(s, operand.slot());
}

/// Writes an operand. Integers are stored zero-extended to 64 bits. An f32 is stored in the low half of its
/// slot, and the high half has no meaning.
template <int Kind, class T> SKERRY_INLINE void write(State& s, Slot slot, T value) {
  if constexpr (std::integral<T>) {
    if constexpr (Kind == place::slot)
      *slot_at(s, slot) = uint64_t{value};
    else
      int_register<Kind>(s) = uint64_t{value};
  } else if constexpr (Kind == place::slot) {
    store_low_bytes(slot_at(s, slot), value);
  } else if constexpr (std::same_as<T, Vector>) {
    vector_register<Kind>(s) = value;
  } else {
    vector_register<Kind>(s) = to_vector(value);
  }
}

} // namespace skerry::vm
