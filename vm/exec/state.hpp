// The interpreter's state, and the macros that end a handler: NEXT, TRAP and their variants.
//
// A handler is written once, as SKERRY_HANDLER(name) { … } on a State `s`. The macros end it with a tail
// call, a sibling call or a return to the loop, depending on the build (vm/code/handler.hpp). With tail
// calls, the members of State are machine registers: each handler builds its State from its arguments, and
// after inlining the State has no address in memory.
#pragma once

#include "vm/base/address.hpp"
#include "vm/code/handler.hpp"
#include "vm/runtime/store.hpp"
#include "vm/runtime/suspension.hpp"

#include <cstring>

namespace skerry::vm {

struct State {
  int64_t fuel; // left of the slice; may be negative until the next check
  ModuleInstance* instance;
  std::byte* memory; // the bytes of memory 0
  uint64_t memory_size;
  const std::byte* pc;
  uint64_t* frame;
#if defined(SKERRY_DISPATCH_TAILCALL)
  uint64_t r0, r1, r2;
  Vector v0, v1;
#endif
};

#define SKERRY_INLINE [[gnu::always_inline]] inline
#define SKERRY_COLD [[gnu::cold, gnu::noinline]]
/// The alignment of a handler's code, in bytes. The processor caches decoded instructions by lines of 64
/// bytes of code, and each line that a handler enters costs one more cycle. Most handlers fit in one line,
/// and many in half a line.
#define SKERRY_ALIGNED(bytes) __attribute__((aligned(bytes)))

#if defined(SKERRY_DISPATCH_TAILCALL)
#define SKERRY_HANDLER(name)                                                                                 \
  __attribute__((preserve_none)) void name(                                                                  \
      [[maybe_unused]] int64_t fuel_, [[maybe_unused]] ModuleInstance* instance_,                            \
      [[maybe_unused]] std::byte* memory_, [[maybe_unused]] uint64_t memory_size_,                           \
      [[maybe_unused]] const std::byte* pc_, [[maybe_unused]] uint64_t* frame_,                              \
      [[maybe_unused]] uint64_t r0_, [[maybe_unused]] uint64_t unused_, [[maybe_unused]] uint64_t r1_,       \
      [[maybe_unused]] uint64_t r2_, [[maybe_unused]] Vector v0_, [[maybe_unused]] Vector v1_)
#define SKERRY_STATE State s{fuel_, instance_, memory_, memory_size_, pc_, frame_, r0_, r1_, r2_, v0_, v1_};
#define SKERRY_TAIL(handler)                                                                                 \
  [[clang::musttail]] return handler(s.fuel, s.instance, s.memory, s.memory_size, s.pc, s.frame, s.r0,       \
                                     unused_, s.r1, s.r2, s.v0, s.v1)
#define SKERRY_LEAVE return
#elif defined(SKERRY_DISPATCH_MUSTTAIL) || defined(SKERRY_DISPATCH_SIBLING)
#define SKERRY_HANDLER(name)                                                                                 \
  void name([[maybe_unused]] int64_t fuel_, [[maybe_unused]] ModuleInstance* instance_,                      \
            [[maybe_unused]] std::byte* memory_, [[maybe_unused]] uint64_t memory_size_,                     \
            [[maybe_unused]] const std::byte* pc_, [[maybe_unused]] uint64_t* frame_)
#define SKERRY_STATE State s{fuel_, instance_, memory_, memory_size_, pc_, frame_};
#if defined(SKERRY_DISPATCH_MUSTTAIL)
#define SKERRY_GUARANTEED [[clang::musttail]]
#else
#define SKERRY_GUARANTEED
#endif
#define SKERRY_TAIL(handler)                                                                                 \
  SKERRY_GUARANTEED return handler(s.fuel, s.instance, s.memory, s.memory_size, s.pc, s.frame)
#define SKERRY_LEAVE return
#else
#define SKERRY_HANDLER(name) bool name(State& s)
#define SKERRY_STATE
#define SKERRY_TAIL(handler) return handler(s)
#define SKERRY_LEAVE return false
#endif

#if defined(SKERRY_DISPATCH_TRAMPOLINE)
#define SKERRY_DISPATCH return true
#else
#define SKERRY_DISPATCH SKERRY_TAIL((*reinterpret_cast<const Handler*>(s.pc)))
#endif

#define NEXT(bytes)                                                                                          \
  do {                                                                                                       \
    s.pc += (bytes);                                                                                         \
    SKERRY_DISPATCH;                                                                                         \
  } while (false)

/// Ends the call with a trap at s.pc. s.memory passes the ErrorCode to trap_handler, because a trap does not
/// need the memory. A handler's trap path is thus one move and one jump.
#define TRAP(code)                                                                                           \
  do {                                                                                                       \
    pass_to_trap_handler(s, code);                                                                           \
    SKERRY_TAIL(trap_handler);                                                                               \
  } while (false)

/// Takes `price` from the fuel. Use it before the instruction at s.pc changes anything: if the slice holds
/// less than `price`, fuel_short_handler takes the next slice and runs the instruction again from its
/// beginning.
#define PAY(price)                                                                                           \
  do {                                                                                                       \
    const int64_t price_ = (price);                                                                          \
    if (s.fuel < price_) [[unlikely]] {                                                                      \
      s.memory_size = static_cast<uint64_t>(price_);                                                         \
      SKERRY_TAIL(fuel_short_handler);                                                                       \
    }                                                                                                        \
    s.fuel -= price_;                                                                                        \
  } while (false)

/// Checks the fuel after a loop's back-edge or a call. s.pc and s.frame must already be those of the next
/// instruction.
#define POLL                                                                                                 \
  do {                                                                                                       \
    if (s.fuel < 0) [[unlikely]]                                                                             \
      SKERRY_TAIL(slice_end_handler);                                                                        \
  } while (false)

SKERRY_COLD SKERRY_HANDLER(trap_handler);
SKERRY_COLD SKERRY_HANDLER(slice_end_handler);
/// Takes the next slice of fuel and runs the instruction at s.pc again. The slice must hold at least as many
/// units as s.memory_size states. If the store has less fuel, ends or suspends the call.
SKERRY_COLD SKERRY_HANDLER(fuel_short_handler);
/// Ends the call with the error in store.error. If the called host function asked for a suspension, suspends
/// the call instead. The running instruction must already have been charged.
SKERRY_COLD SKERRY_HANDLER(host_failed_handler);
/// Ends the activation. A function that was called from C++ returns to this handler.
SKERRY_HANDLER(exit_handler);

SKERRY_INLINE void pass_to_trap_handler(State& s, ErrorCode code) {
  s.memory = pointer_to<std::byte>(static_cast<uint64_t>(code));
}
/// Returns the code of a trap because of an access that would begin at `start`. s.memory_size passes `start`
/// to trap_handler. It has 64 bits on every processor, and a pointer may have fewer.
SKERRY_INLINE ErrorCode out_of_bounds(State& s, uint64_t start) {
  s.memory_size = start;
  return ErrorCode::out_of_bounds_memory_access;
}

template <class T> SKERRY_INLINE T load_as(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

/// Reloads the bounds of memory 0, which may have grown while other code ran.
SKERRY_INLINE void reload_memory(State& s) {
  if (const MemoryInstance* memory = s.instance->memory0) {
    s.memory = memory->base;
    s.memory_size = memory->byte_size;
  } else {
    s.memory = nullptr;
    s.memory_size = 0;
  }
}

/// Brings the next check of the deadline and the interrupt flag forward, as if `fuel` more instructions had
/// run. Use it for work that takes long but costs little fuel. The call loses no fuel: the amount moves from
/// the slice back to the store.
SKERRY_INLINE void shorten_slice(State& s, int64_t fuel) {
  const int64_t taken = fuel < s.fuel ? fuel : s.fuel;
  if (taken <= 0) return;
  s.fuel -= taken;
  s.instance->store->fuel_budget += taken;
}
/// Calls shorten_slice() for work on many slots. Eight slots take about as long as one instruction.
SKERRY_INLINE void shorten_slice_for_slots(State& s, uint64_t slots) {
  if (slots > 64) [[unlikely]]
    shorten_slice(s, static_cast<int64_t>(slots / 8));
}

/// Saves the state in store.run, where C++ code that a handler calls finds it.
SKERRY_INLINE void save(const State& s) {
  RunState& run = s.instance->store->run;
  run.pc = s.pc;
  run.frame = s.frame;
  run.instance = s.instance;
  run.fuel = s.fuel;
}

/// Saves the state of a call that is suspended. A handler can end in a sibling call only if no other function
/// gets the address of its `s`. This function is therefore inlined, and passes no reference to `s` on.
SKERRY_INLINE void suspend(const State& s, Suspension& to) {
  to.is_saved = true;
  to.instance = s.instance;
  to.pc = s.pc;
  to.frame = s.frame;
#if defined(SKERRY_DISPATCH_TAILCALL)
  to.integers[0] = s.r0, to.integers[1] = s.r1, to.integers[2] = s.r2;
  to.vectors[0] = s.v0, to.vectors[1] = s.v1;
#endif
}

/// Returns the state with which a suspended call resumes. The caller must set `fuel`, `memory` and
/// `memory_size`.
SKERRY_INLINE State resumed(const Suspension& from) {
  State s{};
  s.instance = from.instance;
  s.pc = from.pc;
  s.frame = from.frame;
#if defined(SKERRY_DISPATCH_TAILCALL)
  s.r0 = from.integers[0], s.r1 = from.integers[1], s.r2 = from.integers[2];
  s.v0 = from.vectors[0], s.v1 = from.vectors[1];
#endif
  return s;
}

} // namespace skerry::vm
