#include "vm/exec/invoke.hpp"

#include "vm/base/address.hpp"
#include "vm/exec/activation.hpp"
#include "vm/exec/operands.hpp"
#include "vm/exec/state.hpp"

#include <algorithm>

namespace skerry::vm {

SKERRY_HANDLER(exit_handler) {
  SKERRY_STATE
  save(s);
  SKERRY_LEAVE;
}

SKERRY_COLD SKERRY_HANDLER(trap_handler) {
  SKERRY_STATE
  save(s);
  const auto code = static_cast<ErrorCode>(address_of(s.memory));
  Store& store = *s.instance->store;
  if (code == ErrorCode::out_of_bounds_memory_access) store.run.detail = s.memory_size;
  if (Suspension* suspension = end_with_trap(store, code)) suspend(s, *suspension);
  SKERRY_LEAVE;
}

SKERRY_COLD SKERRY_HANDLER(host_failed_handler) {
  SKERRY_STATE
  if (Suspension* suspension = suspend_for_host(*s.instance->store)) {
    s.fuel += layout::at<layout::AnyCall>(s.pc).site.charge.fuel; // the call will pay again
    suspend(s, *suspension);
    save(s);
    SKERRY_LEAVE;
  }
  save(s);
  end_call(*s.instance->store, ErrorCode::none);
  SKERRY_LEAVE;
}

SKERRY_COLD SKERRY_HANDLER(slice_end_handler) {
  SKERRY_STATE
  s.memory_size = 0; // no fuel is needed beyond the amount already charged
  SKERRY_TAIL(fuel_short_handler);
}

SKERRY_COLD SKERRY_HANDLER(fuel_short_handler) {
  SKERRY_STATE
  save(s);
  Store& store = *s.instance->store;
  const ErrorCode code = next_slice(store, static_cast<int64_t>(s.memory_size));
  s.fuel = store.run.fuel;
  s.frame = store.run.frame;
  if (code != ErrorCode::none) {
    if (Suspension* suspension = suspend_for_fuel(store, code))
      suspend(s, *suspension);
    else
      end_call(store, store.error ? ErrorCode::none : code);
    SKERRY_LEAVE;
  }
  reload_memory(s);
  SKERRY_DISPATCH;
}

namespace {

constexpr Handler exit_word = &exit_handler;

#if defined(SKERRY_DISPATCH_TRAMPOLINE)
void run(State& s) {
  while ((*reinterpret_cast<const Handler*>(s.pc))(s)) {
  }
}
#elif defined(SKERRY_DISPATCH_MUSTTAIL) || defined(SKERRY_DISPATCH_SIBLING)
void run(State& s) {
  (*reinterpret_cast<const Handler*>(s.pc))(s.fuel, s.instance, s.memory, s.memory_size, s.pc, s.frame);
}
#else
void run(State& s) {
  // The values of VM registers matter only for a resumed call.
  (*reinterpret_cast<const Handler*>(s.pc))(s.fuel, s.instance, s.memory, s.memory_size, s.pc, s.frame, s.r0,
                                            0, s.r1, s.r2, s.v0, s.v1);
}
#endif

/// One run of the interpreter. If a host function of an outer run started this run, the Activation saves the
/// state of the outer run and restores it at the end. The saved pointers into the value stack stay valid,
/// because the stack moves only in the outermost run.
class Activation {
public:
  explicit Activation(Store& store)
      : store_(store),
        frame_(store.run.free != nullptr ? store.run.free : reinterpret_cast<uint64_t*>(store.stack.base)) {
    // The outermost run does not copy store.run, because handlers have just written its members one by one,
    // and the processor then reads the whole struct slowly.
    if (store.host_depth++ > 0) outer_ = store.run;
    store.run.instance = nullptr;
  }
  ~Activation() {
    const int64_t left = store_.run.fuel;
    if (--store_.host_depth > 0) {
      store_.run = outer_;
      store_.run.fuel = left;
    } else {
      store_.run = {};
      store_.fuel_budget += left;
    }
  }
  Activation(const Activation&) = delete;
  Activation& operator=(const Activation&) = delete;

  bool call(FuncInstance& f, uint64_t* slots) {
    std::byte* begin = reinterpret_cast<std::byte*>(frame_);
    if (begin + f.frame_bytes > store_.stack.limit())
      return store_.fail(Error::trap(ErrorCode::call_stack_exhausted));
    copy_down(frame_, slots, f.params_slots); // usually few slots, for which a call of memcpy costs more
    uint64_t* link = reinterpret_cast<uint64_t*>(begin + f.link_offset);
    link[0] = address_of(exit_code());
    link[1] = 0;
    store_.error.reset();
    State s{};
    s.instance = f.instance;
    s.pc = f.code;
    s.frame = frame_;
    if (store_.fuel_left() <= 0) [[unlikely]]
      return without_fuel(s);
    return go_on(s, f, slots);
  }

  /// Resumes the suspended call. Returns true if the call returns or is suspended again.
  bool resume(const FuncInstance& f, uint64_t* slots) {
    const std::shared_ptr<void> suspended = std::move(store_.suspended);
    store_.error.reset();
    State s = resumed(*static_cast<const Suspension*>(suspended.get()));
    give_back(static_cast<const Suspension*>(suspended.get())->fuel);
    if (store_.fuel_left() <= 0) return without_fuel(s);
    return go_on(s, f, slots);
  }

private:
  /// Adds the fuel that the call had left when it was suspended, or takes the fuel that it owed. The store's
  /// fuel never exceeds the value that stands for unlimited fuel.
  void give_back(int64_t fuel) {
    constexpr auto unlimited = static_cast<int64_t>(skerry::Store::unlimited_fuel);
    const int64_t given = fuel > 0 ? std::min(fuel, unlimited - store_.fuel_budget) : fuel;
    store_.fuel_budget += given;
    store_.fuel_given -= static_cast<uint64_t>(fuel - given);
  }

  /// Suspends or ends the call before its next instruction, because the store has no fuel.
  SKERRY_COLD bool without_fuel(const State& s) {
    Suspension* suspension = suspend_for_fuel(store_, ErrorCode::out_of_fuel);
    if (suspension == nullptr) return !store_.error && store_.fail(Error::trap(ErrorCode::out_of_fuel));
    suspend(s, *suspension);
    return true;
  }

  SKERRY_INLINE bool go_on(State& s, const FuncInstance& f, uint64_t* slots) {
    if (store_.host_depth == 1) first_slice(store_);
    s.fuel = store_.run.fuel;
    reload_memory(s);
    run(s);
    if (store_.error) return false;
    if (const Suspension* stopped = suspension_of(store_); stopped != nullptr && stopped->is_saved)
      return true;
    store_.suspended.reset(); // set if a host function asked to suspend but then returned results
    copy_down(slots, store_.run.frame, f.results_slots);
    return true;
  }

  Store& store_;
  uint64_t* frame_;
  RunState outer_; // set if there is an outer run
};

} // namespace

const std::byte* exit_code() { return reinterpret_cast<const std::byte*>(&exit_word); }

bool invoke(Store& store, FuncInstance& func, uint64_t* slots) noexcept {
  if (func.instance == nullptr) {
    if (store.fuel_left() <= 0) return store.fail(Error::trap(ErrorCode::out_of_fuel));
    return invoke_host(func, store, nullptr, slots);
  }
  if (store.host_depth >= store.limits.host_depth)
    return store.fail(Error::trap(ErrorCode::call_stack_exhausted));
  if (store.suspended != nullptr && store.host_depth == 0) {
    if (!store.may_suspend) return refuse_beside_suspended(store);
    Activation activation(store);
    return activation.resume(func, slots);
  }
  if ((store.stack.base == nullptr || func.frame_bytes == 0) && !make_callable(store, func)) [[unlikely]]
    return false;
  Activation activation(store);
  return activation.call(func, slots);
}

} // namespace skerry::vm
