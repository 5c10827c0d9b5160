// Operations after which control never falls through to the next instruction: returns, branch tables, and
// calls of functions of the same instance. The member function leave() of such an operation sets s.pc to the
// next instruction to run, or returns the ErrorCode of a trap.
#pragma once

#include "vm/base/address.hpp"
#include "vm/exec/operands.hpp"

#include <type_traits>

namespace skerry::vm {

#define SKERRY_END(Op)                                                                                       \
  do {                                                                                                       \
    if constexpr (Op::pays) PAY(layout::at<typename Op::Layout>(s.pc).charge.fuel);                          \
    if constexpr (Op::can_trap) {                                                                            \
      if (const ErrorCode code = Op::leave(s); code != ErrorCode::none) [[unlikely]]                         \
        TRAP(code);                                                                                          \
    } else {                                                                                                 \
      Op::leave(s);                                                                                          \
    }                                                                                                        \
    if constexpr (Op::polls) POLL;                                                                           \
    SKERRY_DISPATCH;                                                                                         \
  } while (false)

template <class Op> SKERRY_ALIGNED(64) SKERRY_HANDLER(ending) {
  SKERRY_STATE
  SKERRY_END(Op);
}

template <int A> struct BranchTable {
  using Layout = layout::BranchTable;
  static constexpr bool can_trap = false, polls = true, pays = false;
  SKERRY_INLINE static void leave(State& s) {
    const auto& i = layout::at<Layout>(s.pc);
    const uint32_t last = i.last;
    const uint32_t index = read<uint32_t, A>(s, i.a);
    const std::byte* table = s.pc + i.table.distance;
    const auto& entry = (&layout::at<layout::BranchTableEntry>(table))[index < last ? index : last];
    s.fuel -= int64_t{i.charge.fuel} + entry.charge.fuel;
    s.pc = table + entry.target.distance;
  }
};

/// Return instructions pay their fuel before they leave the frame. Therefore a call that used more fuel than
/// it was given fails, and its caller executes no further instruction.
struct Return {
  static constexpr bool can_trap = false, polls = false, pays = true;
};
SKERRY_INLINE void leave_frame(State& s, Slot link_slot) {
  const uint64_t* link = slot_at(s, link_slot);
  s.pc = pointer_to<const std::byte>(link[0]);
  s.frame = reinterpret_cast<uint64_t*>(reinterpret_cast<std::byte*>(s.frame) - link[1]);
}
struct ReturnNone : Return {
  using Layout = layout::ReturnNone;
  SKERRY_INLINE static void leave(State& s) { leave_frame(s, layout::at<Layout>(s.pc).link); }
};
template <bool IsConstant>
using ReturnLayout = std::conditional_t<IsConstant, layout::ReturnConstant, layout::Return>;
template <int A> struct ReturnInt : Return {
  using Layout = ReturnLayout<A == place::constant>;
  SKERRY_INLINE static void leave(State& s) {
    const auto& i = layout::at<Layout>(s.pc);
    s.frame[0] = read<uint64_t, A>(s, i.a);
    leave_frame(s, i.link);
  }
};
template <class T, int A> struct ReturnFloat : Return {
  using Layout = ReturnLayout<A == place::vector_constant>;
  SKERRY_INLINE static void leave(State& s) {
    const auto& i = layout::at<Layout>(s.pc);
    store_low_bytes(s.frame, read<T, A>(s, i.a));
    leave_frame(s, i.link);
  }
};

// ---- calls

SKERRY_INLINE uint64_t* frame_at(uint64_t* frame, uint64_t distance) {
  return reinterpret_cast<uint64_t*>(reinterpret_cast<std::byte*>(frame) + distance);
}
/// Returns the fields that all forms of calls have in common.
SKERRY_INLINE const layout::CallSite& call_site(const State& s) {
  return layout::at<layout::AnyCall>(s.pc).site;
}
SKERRY_INLINE FuncInstance* own_function(const State& s, uint32_t callee) {
  return reinterpret_cast<FuncInstance*>(reinterpret_cast<std::byte*>(s.instance) + callee);
}
/// Enters a function of the same instance, called by the instruction at s.pc, whose layout has `size` bytes.
/// Returns false if the value stack has no room for the frame.
SKERRY_INLINE bool enter(State& s, const FuncInstance& f, uint32_t size) {
  const uint32_t distance = call_site(s).distance;
  uint64_t* callee = frame_at(s.frame, distance);
  if (reinterpret_cast<std::byte*>(callee) + f.frame_bytes > s.instance->stack_limit) [[unlikely]]
    return false;
  uint64_t* link = frame_at(callee, f.link_offset);
  link[0] = address_of(s.pc + size);
  link[1] = distance;
  s.fuel -= call_site(s).charge.fuel;
  s.frame = callee;
  s.pc = f.code;
  return true;
}
struct Call {
  using Layout = layout::Call;
  static constexpr bool can_trap = true, polls = true, pays = false;
  SKERRY_INLINE static ErrorCode leave(State& s) {
    const FuncInstance& f = *own_function(s, layout::at<Layout>(s.pc).callee);
    return enter(s, f, sizeof(Layout)) ? ErrorCode::none : ErrorCode::call_stack_exhausted;
  }
};

} // namespace skerry::vm
