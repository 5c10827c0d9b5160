// Superinstructions: handlers that run a sequence of two or three instructions. The instructions keep their
// places and their layouts in the code, so no layout is needed for a superinstruction
// (vm/translate/emit/fusion.hpp).
#pragma once

#include "vm/exec/branch_ops.hpp"
#include "vm/exec/ending_ops.hpp"

namespace skerry::vm {

template <class Op>
concept BranchingOp = requires(State& s) { Op::taken(s, s.pc); };
template <class Op>
concept EndingOp = requires(State& s) { Op::leave(s); };

/// Returns the handler that runs an operation alone.
template <class Op> constexpr Handler handler_of() {
  if constexpr (BranchingOp<Op>)
    return &branching<Op>;
  else if constexpr (EndingOp<Op>)
    return &ending<Op>;
  else
    return &straight<Op>;
}

/// One step of a superinstruction: runs the operation at s.pc and moves s.pc past it. If the operation is a
/// taken branch, the superinstruction ends there.
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
/// Runs the last operation of a sequence.
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
