// HostMeter: charges fuel for the work that a host function does for a guest, and stops the host function at
// the deadline.
#pragma once

#include "skerry/caller.hpp"
#include "skerry/error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace skerry {

/// The functions with which a HostMeter checks whether a host function must end early, and charges fuel. The
/// default functions never end the host function and charge nothing.
struct HostWatch {
  using Clock = std::chrono::steady_clock;
  void* self = nullptr;
  /// Checks the deadline and the interrupt flag. Errors: the error with which the call must end, such as
  /// deadline_exceeded.
  Result<void> (*check)(void* self) = [](void*) -> Result<void> { return {}; };
  /// Takes `instructions` off the fuel. Errors: out_of_fuel.
  Result<void> (*charge)(void* self, uint64_t instructions) = [](void*, uint64_t) -> Result<void> {
    return {};
  };
  /// Returns the instructions executed so far.
  uint64_t (*fuel_used)(void* self) = [](void*) -> uint64_t { return 0; };
  Clock::time_point deadline = Clock::time_point::max(); ///< the host function must not wait longer
};

/// Charges fuel for a loop in a host function if the guest decides how long the loop runs:
///
///   HostMeter meter(caller);
///   for (…) {
///     if (meter.spend(1)) return fail(std::move(*meter.stop));
///     …
///   }
///
/// One unit of work is charged as one instruction, and should take about as long: one or two nanoseconds. All
/// loops share one policy: the deadline and the interrupt flag are checked after every look_units units. A
/// HostMeter is valid during the call of the host function that made it, on one thread.
class HostMeter {
public:
  static constexpr uint64_t look_units = 1024;   ///< a check costs about 30 ns, 2 % of this work
  static constexpr uint64_t bytes_per_unit = 64; ///< as for the engine's bulk operations, such as memory.copy

  /// Makes the meter for one call of a host function, from a HostWatch or from the Caller of that call.
  explicit HostMeter(const HostWatch& given = {}) noexcept : watch(given) {}
  explicit HostMeter(Caller& caller) noexcept : watch(watch_of(caller)) {}

  /// Checks the deadline and the interrupt flag now. Returns true if the host function must return; `stop`
  /// then holds the error to return. After the first true, all further calls return true.
  bool must_stop() {
    since_look_ = 0;
    if (!stop) keep_error(watch.check(watch.self));
    return stop.has_value();
  }
  /// Charges `units` of work that the host function is about to do. Checks the deadline and the interrupt
  /// flag if look_units units were spent since the last check. If the host function must return, returns true
  /// and sets `stop`, like must_stop.
  bool spend(uint64_t units) {
    if (!stop && units != 0) keep_error(watch.charge(watch.self, units));
    return pass(units);
  }
  /// Like spend, for work that moves, reads or fills `bytes` bytes: charges one unit for each bytes_per_unit
  /// bytes, rounded up.
  bool spend_bytes(uint64_t bytes) { return spend(bytes / bytes_per_unit + (bytes % bytes_per_unit != 0)); }
  /// Like spend, but charges no fuel. For work whose fuel is already charged, or whose amount the guest does
  /// not decide.
  bool pass(uint64_t units) {
    since_look_ += units < look_units ? units : look_units;
    return since_look_ >= look_units ? must_stop() : stop.has_value();
  }

  std::optional<Error> stop; ///< ends the guest's call, if set; a host function may set it, too
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
