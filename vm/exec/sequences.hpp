// Superinstructions: handlers of sequences of operations. Every operation keeps its place in the code, so a
// sequence needs no encoding of its own (vm/translate/fusion.hpp).
#pragma once

#include "vm/exec/branch_ops.hpp"
#include "vm/exec/ending_ops.hpp"

namespace skerry::vm {

template <class Op>
concept BranchingOp = requires(State& s) { Op::taken(s, s.pc); };
template <class Op>
concept EndingOp = requires(State& s) { Op::leave(s); };

/// The handler that an operation has by itself.
template <class Op> constexpr Handler handler_of() {
  if constexpr (BranchingOp<Op>)
    return &branching<Op>;
  else if constexpr (EndingOp<Op>)
    return &ending<Op>;
  else
    return &straight<Op>;
}

/// One operation of a sequence, at s.pc, which is behind it afterwards. A branch that is taken leaves the
/// sequence.
#define SKERRY_STEP(Op)                                                                                      \
  if constexpr (BranchingOp<Op>) {                                                                           \
    if (Op::taken(s, s.pc)) SKERRY_TAKE_BRANCH(Op);                                                          \
  } else if constexpr (Op::can_trap) {                                                                       \
    if (const ErrorCode code = Op::run(s, s.pc); code != ErrorCode::none) [[unlikely]]                       \
      TRAP(code);                                                                                            \
  } else {                                                                                                   \
    Op::run(s, s.pc);                                                                                        \
  }                                                                                                          \
  s.pc += sizeof(typename Op::Layout);
/// The last one.
#define SKERRY_LAST(Op)                                                                                      \
  if constexpr (EndingOp<Op>) {                                                                              \
    SKERRY_END(Op);                                                                                          \
  } else {                                                                                                   \
    SKERRY_STEP(Op)                                                                                          \
    SKERRY_DISPATCH;                                                                                         \
  }

template <class A, class B> SKERRY_ALIGNED(64) SKERRY_HANDLER(sequence_of_two) {
  SKERRY_STATE
  SKERRY_STEP(A)
  SKERRY_LAST(B)
}
template <class A, class B, class C> SKERRY_ALIGNED(64) SKERRY_HANDLER(sequence_of_three) {
  SKERRY_STATE
  SKERRY_STEP(A)
  SKERRY_STEP(B)
  SKERRY_LAST(C)
}

} // namespace skerry::vm
