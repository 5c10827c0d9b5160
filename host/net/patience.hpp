// Patience: how long the host waits for the network. Internal.
#pragma once

#include "skerry/host_meter.hpp"

#include <chrono>

namespace skerry::host {

/// Limits how long the host waits for the network: until a point in time, or as long as a guest's call may
/// run (until its deadline or an interrupt).
class Patience {
public:
  using Clock = std::chrono::steady_clock;
  Patience(Clock::time_point deadline) noexcept : deadline_(deadline) {}
  Patience(HostMeter& meter) noexcept : deadline_(meter.watch.deadline), meter_(&meter) {}

  /// True after the deadline or an interrupt.
  bool is_over() { return Clock::now() >= deadline_ || (meter_ != nullptr && meter_->must_stop()); }
  /// Returns the time until the deadline; 0 after the deadline.
  Clock::duration time_left() const;
  /// Returns the maximum length of the next wait, which is short enough that interrupts are noticed.
  Clock::duration longest_wait() const;

private:
  Clock::time_point deadline_;
  HostMeter* meter_ = nullptr;
};

} // namespace skerry::host
