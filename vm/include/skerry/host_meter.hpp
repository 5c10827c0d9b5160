// HostMeter: what a host function does for a guest is charged as fuel, and ends at the deadline.
#pragma once

#include "skerry/caller.hpp"
#include "skerry/error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace skerry {

/// Who may end a host function early. The default lets it run forever and for free.
struct HostWatch {
  using Clock = std::chrono::steady_clock;
  void* self = nullptr;
  /// Looks at deadline and interrupt; the error that must end the call.
  Result<void> (*check)(void* self) = [](void*) -> Result<void> { return {}; };
  /// Takes fuel. Errors: out_of_fuel.
  Result<void> (*charge)(void* self, uint64_t instructions) = [](void*, uint64_t) -> Result<void> {
    return {};
  };
  /// Instructions executed so far.
  uint64_t (*fuel_used)(void* self) = [](void*) -> uint64_t { return 0; };
  Clock::time_point deadline = Clock::time_point::max(); ///< for waits, which must not outlast it
};

/// For loops of a host function whose length a guest decides:
///
///   HostMeter meter(caller);
///   for (…) {
///     if (meter.spend(1)) return fail(std::move(*meter.stop));
///     …
///   }
///
/// One unit of work is charged as one instruction, and ought to take about as long: a nanosecond or two. All
/// loops share one policy: deadline and interrupt are looked at whenever look_units have been spent since the
/// last look. Valid during the call it was made in. One thread.
class HostMeter {
public:
  static constexpr uint64_t look_units = 1024;   ///< a look costs some 30 ns: 2 % of what it watches
  static constexpr uint64_t bytes_per_unit = 64; ///< as the engine's own bulk operations cost

  explicit HostMeter(const HostWatch& given = {}) noexcept : watch(given) {}
  explicit HostMeter(Caller& caller) noexcept : watch(watch_of(caller)) {}

  /// Looks now. True when it is time to return: `stop` says why. Once true, it stays so.
  bool must_stop() {
    since_look_ = 0;
    if (!stop) keep_error(watch.check(watch.self));
    return stop.has_value();
  }
  /// Takes fuel for work that follows, and looks when it is time to. True: return, as for must_stop.
  bool spend(uint64_t units) {
    if (!stop && units != 0) keep_error(watch.charge(watch.self, units));
    return pass(units);
  }
  /// spend for bytes that are moved, read or filled; a part of a unit counts as one.
  bool spend_bytes(uint64_t bytes) { return spend(bytes / bytes_per_unit + (bytes % bytes_per_unit != 0)); }
  /// As spend, for work that is already paid, or whose amount is not the guest's doing.
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
