// Operations that move values between operands, select values, access globals, and clear and copy slots.
#pragma once

#include "vm/base/choose.hpp"
#include "vm/exec/numeric_ops.hpp"

namespace skerry::vm {

/// d := a
template <int D, int A> struct Move {
  using Layout = layout::Move;
  static constexpr bool can_trap = false;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    write<D>(s, i.d, read<uint64_t, A>(s, i.a));
  }
};
/// d := a 64-bit constant
template <int D> struct MoveConstant64 {
  using Layout = layout::MoveConstant64;
  static constexpr bool can_trap = false;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    write<D>(s, i.d, i.a.bits);
  }
};
template <class T, int A> struct TypedMoveLayout {
  using Type = layout::Move;
};
template <> struct TypedMoveLayout<double, place::vector_constant> {
  using Type = layout::MoveConstant64;
};
template <int A> struct TypedMoveLayout<Vector, A> {
  using Type = layout::Unary;
};
/// d := a
template <class T, int D, int A> struct TypedMove {
  using Layout = typename TypedMoveLayout<T, A>::Type;
  static constexpr bool can_trap = false;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    write<D>(s, i.d, read<T, A>(s, i.a));
  }
};
/// d := a constant of 16 bytes
template <int D> struct Constant128 {
  using Layout = layout::Constant128;
  static constexpr bool can_trap = false;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    write<D>(s, i.d, vector_of(i.value));
  }
};
/// lea: d := u32(a + (b << Shift))
template <int Shift, int D, int A, int B> struct Lea {
  using Layout = layout::Lea;
  static constexpr bool can_trap = false;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    write<D>(s, i.d, read<uint32_t, A>(s, i.a) + (read<uint32_t, B>(s, i.b) << Shift));
  }
};
/// d := c ? a : b, for values of up to 64 bits. It uses no branch, because compilers emit `select` for
/// conditions that the processor cannot predict.
template <int D, int A, int B, int C> struct Select {
  using Layout = layout::Select;
  static constexpr bool can_trap = false;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    const uint64_t a = read<A>(s, i.a), b = read<B>(s, i.b);
    write<D>(s, i.d, choose(read<uint32_t, C>(s, i.c) != 0, a, b));
  }
};
/// d := c ? a : b, for values in one or two slots
template <int Slots, int C> struct SelectSlots {
  using Layout = layout::Ternary;
  static constexpr bool can_trap = false;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    const uint64_t* from = slot_at(s, read<uint32_t, C>(s, i.c) != 0 ? i.a : i.b);
    std::memmove(slot_at(s, i.d), from, Slots * sizeof(uint64_t));
  }
};
/// Globals that the module defines. Their values are in the ModuleInstance, at the offset `place`.
template <int D> struct GlobalGet {
  using Layout = layout::Global;
  static constexpr bool can_trap = false;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    const std::byte* base = reinterpret_cast<const std::byte*>(s.instance);
    write<D>(s, i.value, load_as<uint64_t>(base + i.place));
  }
};
template <int A> struct GlobalSet {
  using Layout = layout::Global;
  static constexpr bool can_trap = false;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    std::byte* base = reinterpret_cast<std::byte*>(s.instance);
    const uint64_t value = read<uint64_t, A>(s, i.value);
    std::memcpy(base + i.place, &value, sizeof value);
  }
};
/// Imported globals. `place` is the global's index.
template <int D> struct ImportedGlobalGet {
  using Layout = layout::Global;
  static constexpr bool can_trap = false;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    write<D>(s, i.value, s.instance->globals[i.place]->value[0]);
  }
};
template <int A> struct ImportedGlobalSet {
  using Layout = layout::Global;
  static constexpr bool can_trap = false;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    s.instance->globals[i.place]->value[0] = read<uint64_t, A>(s, i.value);
  }
};
/// Clears Count slots. If Count is 0, clears the number of slots that the instruction states, rounded up to a
/// multiple of 8. Clearing the extra slots does no harm: they belong to operands that have not been written
/// yet, or are in the red zone after the end of the value stack (ValueStack::red_zone_bytes).
template <int Count> struct Enter {
  using Layout = layout::Enter;
  static constexpr bool can_trap = false;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    uint64_t* first = slot_at(s, i.first);
    if constexpr (Count == 0) {
      const uint32_t count = i.count;
      shorten_slice_for_slots(s, count);
      const uint64_t* end = first + count;
      do {
        const uint64_t zeros[8] = {};
        std::memcpy(first, zeros, sizeof zeros);
        asm volatile(""); // keeps the compiler from calling memset
        first += 8;
      } while (first < end);
    } else {
      for (int slot = 0; slot < Count; ++slot) first[slot] = 0;
    }
  }
};

/// Copies slots. The destination is never above the source.
struct CopySlots {
  using Layout = layout::CopySlots;
  static constexpr bool can_trap = false;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    const uint32_t count = i.count;
    shorten_slice_for_slots(s, count);
    copy_down(slot_at(s, i.to), slot_at(s, i.from), count);
  }
};

} // namespace skerry::vm
