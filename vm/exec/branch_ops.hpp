// Fused compare-and-branch operations, and the unconditional branch. taken() returns whether the branch is
// taken. A taken branch charges its fuel and jumps. The distance to the target counts from the start of the
// branch instruction.
#pragma once

#include "vm/exec/numeric_ops.hpp"

namespace skerry::vm {

/// Jumps to the target of the branch at s.pc. This path ends in its own indirect jump, which the processor
/// predicts separately from the indirect jump of the untaken path. The empty asm keeps the compiler from
/// merging the two jumps.
#define SKERRY_TAKE_BRANCH(Op)                                                                               \
  do {                                                                                                       \
    const auto& branch_ = layout::at<typename Op::Layout>(s.pc);                                             \
    s.fuel -= branch_.charge.fuel;                                                                           \
    s.pc += branch_.target.distance;                                                                         \
    if constexpr (Op::is_back) POLL;                                                                         \
    asm volatile("");                                                                                        \
    SKERRY_DISPATCH;                                                                                         \
  } while (false)

template <class Op> SKERRY_ALIGNED(64) SKERRY_HANDLER(branching) {
  SKERRY_STATE
  if (Op::taken(s, s.pc)) SKERRY_TAKE_BRANCH(Op);
  NEXT(sizeof(typename Op::Layout));
}

template <bool Back> struct Branch {
  using Layout = layout::Branch;
  static constexpr bool is_back = Back;
  SKERRY_INLINE static bool taken(State&, const std::byte*) { return true; }
};

/// Branches if F(a, b).
template <auto F, int A, int B, int Back> struct BranchIf {
  using Types = SignatureOf<F>;
  using Layout = layout::BranchIf;
  static constexpr bool is_back = Back != 0;
  SKERRY_INLINE static bool taken(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    return F(read<typename Types::A, A>(s, i.a), read<typename Types::B, B>(s, i.b)) != 0;
  }
};

/// The end of a counted loop: a += step, then branches if F(a, b).
template <auto F, int A, int B> struct CountBranch {
  using Types = SignatureOf<F>;
  using Layout = layout::CountBranch;
  static constexpr bool is_back = true;
  SKERRY_INLINE static bool taken(State& s, const std::byte* p) {
    using T = typename Types::A;
    const auto& i = layout::at<Layout>(p);
    const T a = static_cast<T>(read<T, A>(s, i.a) + static_cast<T>(int64_t{i.step}));
    write<A>(s, i.a, a);
    return F(a, read<T, B>(s, i.b)) != 0;
  }
};

/// Branches if F(a, b) != Negate.
template <auto F, int Negate, int A, int B, int Back> struct BranchIfFloat {
  using Types = SignatureOf<F>;
  using Layout = std::conditional_t<std::same_as<typename Types::B, double> && B == place::vector_constant,
                                    layout::BranchIfF64, layout::BranchIf>;
  static constexpr bool is_back = Back != 0;
  SKERRY_INLINE static bool taken(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    return (F(read<typename Types::A, A>(s, i.a), read<typename Types::B, B>(s, i.b)) != 0) != (Negate != 0);
  }
};

} // namespace skerry::vm
