// Stops calls to a plugin that keeps failing. Internal.
#pragma once

#include "host/support/mutex.hpp"
#include "skerry/host/manifest.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace skerry::host {

/// A circuit breaker. While it is closed, it admits all calls. After `threshold` failures in a row it opens
/// and refuses all calls. After `reset_timeout` it becomes half-open and admits one call, the probe. If the
/// probe succeeds, the breaker closes; if the probe fails, the breaker opens for another `reset_timeout`.
/// Callers pass the current time. Thread-safe.
class CircuitBreaker {
public:
  using Clock = std::chrono::steady_clock;
  enum class State : uint8_t { closed, open, half_open };
  enum class Admission : uint8_t { refused, normal, probe };
  enum class Outcome : uint8_t { success, failure, none }; ///< none: failed, but the plugin is not to blame

  /// If `config` is empty, the breaker never opens.
  explicit CircuitBreaker(std::optional<BreakerConfig> config) : config_(config) {}

  Admission admit(Clock::time_point now);
  /// Records the outcome of an admitted call. Must be called once for each call that `admit` has admitted.
  void record(Admission admission, Outcome outcome, Clock::time_point now);
  State state() const;
  /// Returns the time until which an open breaker refuses all calls.
  Clock::time_point open_until() const;

private:
  std::optional<BreakerConfig> config_;
  mutable Mutex mutex_;
  State state_ SKERRY_GUARDED_BY(mutex_) = State::closed;
  uint32_t failures_ SKERRY_GUARDED_BY(mutex_) = 0; // failed calls in a row
  Clock::time_point open_until_ SKERRY_GUARDED_BY(mutex_){};
};

} // namespace skerry::host
