// Fused compare-and-branch operations. taken() says whether to go; a taken branch charges its fuel and jumps
// by the distance in the code, counted from the branch itself.
#pragma once

#include "vm/exec/numeric_ops.hpp"

namespace skerry::vm {

/// Two separate indirect jumps, taken and not, are predicted apart: the compiler must not join them.
#define SKERRY_TAKE_BRANCH(Op)                                                                               \
  do {                                                                                                       \
    s.fuel -= load_as<int32_t>(s.pc + Op::at_fuel);                                                          \
    s.pc += load_as<int32_t>(s.pc + Op::at_target);                                                          \
    if constexpr (Op::is_back) POLL;                                                                         \
    asm volatile("");                                                                                        \
    SKERRY_DISPATCH;                                                                                         \
  } while (false)

template <class Op> SKERRY_ALIGNED(64) SKERRY_HANDLER(branching) {
  SKERRY_STATE
  if (Op::taken(s, s.pc)) SKERRY_TAKE_BRANCH(Op);
  NEXT(Op::size);
}

/// target @8, charge @12
template <bool Back> struct Branch {
  static constexpr uint32_t size = 16;
  static constexpr int at_target = 8, at_fuel = 12;
  static constexpr bool is_back = Back;
  SKERRY_INLINE static bool taken(State&, const std::byte*) { return true; }
};

/// if F(a, b): a @8, b or imm32 @12, target @16, charge @20
template <auto F, int A, int B, int Back> struct BranchIf {
  using Types = SignatureOf<F>;
  static constexpr uint32_t size = 24;
  static constexpr int at_target = 16, at_fuel = 20;
  static constexpr bool is_back = Back != 0;
  SKERRY_INLINE static bool taken(State& s, const std::byte* p) {
    return F(read<typename Types::A, A>(s, p, 8), read_b<typename Types::B, B>(s, p)) != 0;
  }
};

/// a += imm16 @10; if F(a, b): the end of counted loops
template <auto F, int A, int B> struct CountBranch {
  using Types = SignatureOf<F>;
  static constexpr uint32_t size = 24;
  static constexpr int at_target = 16, at_fuel = 20;
  static constexpr bool is_back = true;
  SKERRY_INLINE static bool taken(State& s, const std::byte* p) {
    using T = typename Types::A;
    const T a = static_cast<T>(read<T, A>(s, p, 8) + static_cast<T>(int64_t{load_as<int16_t>(p + 10)}));
    write<A>(s, p, 8, a);
    return F(a, read_b<T, B>(s, p)) != 0;
  }
};

/// if F(a, b) != Negate: a @8, b or f32 @12 or f64 @16, target @24, charge @28
template <auto F, int Negate, int A, int B, int Back> struct BranchIfFloat {
  using Types = SignatureOf<F>;
  static constexpr uint32_t size = 32;
  static constexpr int at_target = 24, at_fuel = 28;
  static constexpr bool is_back = Back != 0;
  SKERRY_INLINE static bool taken(State& s, const std::byte* p) {
    return (F(read<typename Types::A, A>(s, p, 8), read_b<typename Types::B, B>(s, p)) != 0) != (Negate != 0);
  }
};

} // namespace skerry::vm
