// Operations that move values: between operands, selects, globals, zeroed and copied slots.
#pragma once

#include "vm/base/choose.hpp"
#include "vm/exec/numeric_ops.hpp"

namespace skerry::vm {

/// d := a; an immediate is 32 bits sign-extended @12
template <int D, int A> struct Move {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    if constexpr (A == kind::imm)
      write<D>(s, p, at_d, static_cast<uint64_t>(int64_t{load_as<int32_t>(p + 12)}));
    else
      write<D>(s, p, at_d, read<uint64_t, A>(s, p, at_a));
  }
};
/// d := imm64 @16
template <int D> struct MoveImm64 {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 24;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    write<D>(s, p, at_d, load_as<uint64_t>(p + at_imm64));
  }
};
/// d := a; immediates as for b of binary operations
template <class T, int D, int A> struct VectorMove {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = sizeof(T) == 8 && A == kind::vimm ? 24 : 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    if constexpr (A == kind::vimm)
      write<D>(s, p, at_d, read_b<T, A>(s, p));
    else
      write<D>(s, p, at_d, read<T, A>(s, p, at_a));
  }
};
/// d := 16 bytes @16
template <int D> struct Constant128 {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 32;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    write<D>(s, p, at_d, load_as<Vector>(p + 16));
  }
};
/// lea: d := u32(a + (b << Shift))
template <int Shift, int D, int A, int B> struct Lea {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    write<D>(s, p, at_d, read<uint32_t, A>(s, p, at_a) + (read<uint32_t, B>(s, p, at_b) << Shift));
  }
};
/// d := c ? a : b; c @14, immediates of 16 bits. Without a branch: compilers make a select of what they
/// cannot predict either.
template <int D, int A, int B, int C> struct Select {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const uint64_t a = read_imm16<A>(s, p, at_a), b = read_imm16<B>(s, p, at_b);
    write<D>(s, p, at_d, choose(read<uint32_t, C>(s, p, at_c) != 0, a, b));
  }
};
/// The same on slots, one or two
template <int Slots, int C> struct VectorSelect {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const uint64_t* from = slot_at(s, p, read<uint32_t, C>(s, p, at_c) != 0 ? at_a : at_b);
    std::memmove(slot_at(s, p, at_d), from, Slots * sizeof(uint64_t));
  }
};
/// Own globals: their value is at instance + imm32 @12
template <int D> struct GlobalGet {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const std::byte* base = reinterpret_cast<const std::byte*>(s.instance);
    write<D>(s, p, at_d, load_as<uint64_t>(base + load_as<uint32_t>(p + 12)));
  }
};
template <int A> struct GlobalSet {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    std::byte* base = reinterpret_cast<std::byte*>(s.instance);
    const uint64_t value = read<uint64_t, A>(s, p, at_a);
    std::memcpy(base + load_as<uint32_t>(p + 12), &value, sizeof value);
  }
};
/// Imported ones: global index @12
template <int D> struct ImportedGlobalGet {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    write<D>(s, p, at_d, s.instance->globals[load_as<uint32_t>(p + 12)]->value[0]);
  }
};
template <int A> struct ImportedGlobalSet {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    s.instance->globals[load_as<uint32_t>(p + 12)]->value[0] = read<uint64_t, A>(s, p, at_a);
  }
};
/// Zeroes slots from @8 on: Count of them, or with Count 0 at least as many as @12 says: what lies behind
/// them are operands that nobody has written yet, or the red zone.
template <int Count> struct Enter {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    uint64_t* first = slot_at(s, p, 8);
    if constexpr (Count == 0) {
      const uint32_t count = load_as<uint32_t>(p + 12);
      shorten_slice_for_slots(s, count);
      const uint64_t* end = first + count;
      do {
        const uint64_t zeros[8] = {};
        std::memcpy(first, zeros, sizeof zeros);
        asm volatile(""); // or the compiler makes a call of memset of this
        first += 8;
      } while (first < end);
    } else {
      for (int i = 0; i < Count; ++i) first[i] = 0;
    }
  }
};

/// destination slot @8, source slot @10, slots @12. The destination is never above the source.
struct CopySlots {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const uint32_t count = load_as<uint32_t>(p + 12);
    shorten_slice_for_slots(s, count);
    copy_down(slot_at(s, p, 8), slot_at(s, p, 10), count);
  }
};

} // namespace skerry::vm
