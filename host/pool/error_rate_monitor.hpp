// Is a new version worse than what it was trusted to be? Internal.
#pragma once

#include "skerry/host/manifest.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace skerry::host {

/// Counts the calls of a version in the time after the swap that brought it. Thread-safe, without locks;
/// before it begins and after its window it costs a load. Time is what callers say it is.
class Trial {
public:
  using Clock = std::chrono::steady_clock;

  explicit Trial(const ReloadConfig& config) : config_(config) {}

  /// Once, when the version begins to serve. Does nothing unless the manifest has a limit.
  void begin(Clock::time_point now) {
    end_ = now + config_.rollback_window;
    open_.store(config_.rollback_on_error_rate.has_value(), std::memory_order_release);
  }
  /// True for the one call with which the limit was reached.
  bool record(bool failed, Clock::time_point now) noexcept {
    if (!open_.load(std::memory_order_acquire)) return false;
    if (now > end_) return open_.store(false, std::memory_order_relaxed), false;
    const uint64_t calls = calls_.fetch_add(1, std::memory_order_relaxed) + 1;
    const uint64_t errors = errors_.fetch_add(failed ? 1 : 0, std::memory_order_relaxed) + (failed ? 1 : 0);
    if (calls < config_.rollback_min_calls) return false;
    if (static_cast<double>(errors) < *config_.rollback_on_error_rate * static_cast<double>(calls))
      return false;
    return open_.exchange(false, std::memory_order_acq_rel);
  }

private:
  const ReloadConfig config_;
  Clock::time_point end_{}; // written before open_
  std::atomic<bool> open_{false};
  std::atomic<uint64_t> calls_{0}, errors_{0};
};

} // namespace skerry::host
