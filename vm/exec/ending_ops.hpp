// Operations behind which control never simply goes on: returns, calls of functions of the same instance,
// branch tables. leave() moves s.pc, or says why it does not.
#pragma once

#include "vm/exec/operands.hpp"

namespace skerry::vm {

#define SKERRY_END(Op)                                                                                       \
  do {                                                                                                       \
    if constexpr (Op::pays) PAY(load_as<int32_t>(s.pc + Op::at_price));                                      \
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

/// a @8, last index (the default's) @12, where the table is @16, charge @20. The table may be another's:
/// pairs {target, charge}, targets counted from its start.
template <int A> struct BranchTable {
  static constexpr bool can_trap = false, polls = true, pays = false;
  SKERRY_INLINE static void leave(State& s) {
    const uint32_t last = load_as<uint32_t>(s.pc + 12);
    const uint32_t index = read<uint32_t, A>(s, s.pc, 8);
    const std::byte* table = s.pc + load_as<int32_t>(s.pc + 16);
    const std::byte* entry = table + 8 * uint64_t{index < last ? index : last};
    s.fuel -= int64_t{load_as<int32_t>(s.pc + 20)} + load_as<int32_t>(entry + 4);
    s.pc = table + load_as<int32_t>(entry);
  }
};

/// Returns pay before they leave: a call never succeeds with more fuel used than it was given, and nothing
/// runs on in the caller. Charge @12.
struct Return {
  static constexpr bool can_trap = false, polls = false, pays = true;
  static constexpr int at_price = 12;
};
/// Link slot @10.
SKERRY_INLINE void leave_frame(State& s) {
  const uint64_t* link = slot_at(s, s.pc, 10);
  s.pc = reinterpret_cast<const std::byte*>(link[0]);
  s.frame = reinterpret_cast<uint64_t*>(reinterpret_cast<std::byte*>(s.frame) - link[1]);
}
struct ReturnNone : Return {
  SKERRY_INLINE static void leave(State& s) { leave_frame(s); }
};
/// value @8 or imm64 @16
template <int A> struct ReturnInt : Return {
  SKERRY_INLINE static void leave(State& s) {
    if constexpr (A == kind::imm)
      s.frame[0] = load_as<uint64_t>(s.pc + at_imm64);
    else
      s.frame[0] = read<uint64_t, A>(s, s.pc, 8);
    leave_frame(s);
  }
};
template <class T, int A> struct ReturnFloat : Return {
  SKERRY_INLINE static void leave(State& s) {
    T value;
    if constexpr (A == kind::vimm)
      value = load_as<T>(s.pc + at_imm64);
    else
      value = read<T, A>(s, s.pc, 8);
    std::memcpy(s.frame, &value, sizeof value);
    leave_frame(s);
  }
};

// ---- calls. Immediates: what to call @8, distance of the frames @16, charge @20.

inline constexpr uint32_t call_size = 24;
inline constexpr int at_callee = 8, at_distance = 16, at_charge = 20;

SKERRY_INLINE uint64_t* frame_at(uint64_t* frame, uint64_t distance) {
  return reinterpret_cast<uint64_t*>(reinterpret_cast<std::byte*>(frame) + distance);
}
SKERRY_INLINE FuncInstance* own_function(const State& s) {
  return reinterpret_cast<FuncInstance*>(reinterpret_cast<std::byte*>(s.instance) +
                                         load_as<uint32_t>(s.pc + at_callee));
}
/// Enters a function of the same instance. False when the value stack has no room for its frame.
SKERRY_INLINE bool enter(State& s, const FuncInstance& f, uint32_t size) {
  const uint32_t distance = load_as<uint32_t>(s.pc + at_distance);
  uint64_t* callee = frame_at(s.frame, distance);
  if (reinterpret_cast<std::byte*>(callee) + f.frame_bytes > s.instance->stack_limit) [[unlikely]]
    return false;
  uint64_t* link = frame_at(callee, f.link_offset);
  link[0] = reinterpret_cast<uint64_t>(s.pc + size);
  link[1] = distance;
  s.fuel -= load_as<int32_t>(s.pc + at_charge);
  s.frame = callee;
  s.pc = f.code;
  return true;
}
struct Call {
  static constexpr bool can_trap = true, polls = true, pays = false;
  SKERRY_INLINE static ErrorCode leave(State& s) {
    return enter(s, *own_function(s), call_size) ? ErrorCode::none : ErrorCode::call_stack_exhausted;
  }
};

} // namespace skerry::vm
