// HostMeter: charges the work that a host function does for a guest as fuel, and stops it at the deadline.
#pragma once

#include "skerry/caller.hpp"
#include "skerry/error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace skerry {

/// The functions through which a HostMeter can end a host function early. The defaults never end it and
/// charge nothing.
struct HostWatch {
  using Clock = std::chrono::steady_clock;
  void* self = nullptr;
  /// Checks the deadline and the interrupt flag. Errors: the one that must end the call.
  Result<void> (*check)(void* self) = [](void*) -> Result<void> { return {}; };
  /// Takes `instructions` of fuel. Errors: out_of_fuel.
  Result<void> (*charge)(void* self, uint64_t instructions) = [](void*, uint64_t) -> Result<void> {
    return {};
  };
  /// Returns the instructions executed so far.
  uint64_t (*fuel_used)(void* self) = [](void*) -> uint64_t { return 0; };
  Clock::time_point deadline = Clock::time_point::max(); ///< waits must end by this time
};

/// For loops in a host function whose length the guest decides:
///
///   HostMeter meter(caller);
///   for (…) {
///     if (meter.spend(1)) return fail(std::move(*meter.stop));
///     …
///   }
///
/// One unit of work is charged as one instruction, and should take about as long: one or two nanoseconds. All
/// loops share one policy: the deadline and the interrupt flag are checked after every look_units units.
/// Valid during the call it was made in. One thread.
class HostMeter {
public:
  static constexpr uint64_t look_units = 1024;   ///< a check costs about 30 ns, 2 % of the work between two
  static constexpr uint64_t bytes_per_unit = 64; ///< the price of the engine's own bulk operations

  /// A meter for the call that `given` watches, or for the call of `caller`.
  explicit HostMeter(const HostWatch& given = {}) noexcept : watch(given) {}
  explicit HostMeter(Caller& caller) noexcept : watch(watch_of(caller)) {}

  /// Checks now. Returns true if the host function must return; `stop` then holds the reason. Once true, it
  /// stays true.
  bool must_stop() {
    since_look_ = 0;
    if (!stop) keep_error(watch.check(watch.self));
    return stop.has_value();
  }
  /// Charges the work that follows, and checks if a check is due. Returns true if the host function must
  /// return, as must_stop does.
  bool spend(uint64_t units) {
    if (!stop && units != 0) keep_error(watch.charge(watch.self, units));
    return pass(units);
  }
  /// Charges bytes that are moved, read or filled, like spend. A part of a unit counts as a whole one.
  bool spend_bytes(uint64_t bytes) { return spend(bytes / bytes_per_unit + (bytes % bytes_per_unit != 0)); }
  /// Like spend, for work that is already paid for, or whose amount the guest does not decide.
  bool pass(uint64_t units) {
    since_look_ += units < look_units ? units : look_units;
    return since_look_ >= look_units ? must_stop() : stop.has_value();
  }

  std::optional<Error> stop; ///< why the guest's call must end; a host function may set it, too
  HostWatch watch;

private:
  static HostWatch watch_of(Caller& caller) noexcept {
    return {&caller, [](void* self) { return static_cast<Caller*>(self)->check_interrupt(); },
            [](void* self, uint64_t instructions) {
              return static_cast<Caller*>(self)->consume_fuel(instructions);
            },
            [](void* self) { return static_cast<Caller*>(self)->fuel_used(); }, caller.deadline()};
  }
  void keep_error(Result<void> result) {
    if (!result) stop = std::move(result.error());
  }

  uint64_t since_look_ = 0;
};

} // namespace skerry
