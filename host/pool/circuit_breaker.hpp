// A breaker keeps calls away from a plugin that fails again and again. Internal.
#pragma once

#include "host/support/mutex.hpp"
#include "skerry/host/manifest.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace skerry::host {

/// Closed: calls pass. After `threshold` failures in a row it opens: calls are refused. After `reset_timeout`
/// one call, the probe, may pass: its success closes the breaker, its failure opens it for the same time
/// again. Time is what callers say it is. Thread-safe.
class CircuitBreaker {
public:
  using Clock = std::chrono::steady_clock;
  enum class State : uint8_t { closed, open, half_open };
  enum class Admission : uint8_t { refused, normal, probe };
  enum class Outcome : uint8_t { success, failure, none }; ///< none: the plugin was not reached

  /// Without a configuration it never opens.
  explicit CircuitBreaker(std::optional<BreakerConfig> config) : config_(config) {}

  Admission admit(Clock::time_point now);
  /// For each call that admit did not refuse, once.
  void record(Admission admission, Outcome outcome, Clock::time_point now);
  State state() const;
  /// Until when an open breaker refuses all calls.
  Clock::time_point open_until() const;

private:
  std::optional<BreakerConfig> config_;
  mutable Mutex mutex_;
  State state_ SKERRY_GUARDED_BY(mutex_) = State::closed;
  uint32_t failures_ SKERRY_GUARDED_BY(mutex_) = 0; // in a row
  Clock::time_point open_until_ SKERRY_GUARDED_BY(mutex_){};
};

} // namespace skerry::host
