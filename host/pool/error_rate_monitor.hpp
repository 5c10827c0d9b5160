// The error rate of a new version, which may trigger a rollback. Internal.
#pragma once

#include "skerry/host/manifest.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace skerry::host {

/// Counts the calls and errors of a new version during a window of time: `rollback_window`, which begins
/// when the version is put in service. Thread-safe and lock-free. Outside this window, recording a call
/// costs one atomic load. Callers pass the current time.
class ErrorRateMonitor {
public:
  using Clock = std::chrono::steady_clock;

  explicit ErrorRateMonitor(const ReloadConfig& config) : config_(config) {}

  /// Opens the window. Called just before the version is put in service. Does nothing if the manifest has no
  /// `rollback_on_error_rate`.
  void start(Clock::time_point now) {
    end_ = now + config_.rollback_window;
    open_.store(config_.rollback_on_error_rate.has_value(), std::memory_order_release);
  }
  /// Records a call. Returns true for at most one call: the first call at which at least
  /// `rollback_min_calls` calls are recorded and the error rate has reached the manifest's limit,
  /// `rollback_on_error_rate`.
  bool record(bool failed, Clock::time_point now) noexcept {
    if (!open_.load(std::memory_order_acquire)) return false;
    if (now > end_) {
      open_.store(false, std::memory_order_relaxed);
      return false;
    }
    const uint64_t calls = calls_.fetch_add(1, std::memory_order_relaxed) + 1;
    const uint64_t errors = errors_.fetch_add(failed ? 1 : 0, std::memory_order_relaxed) + (failed ? 1 : 0);
    if (calls < config_.rollback_min_calls) return false;
    if (static_cast<double>(errors) < *config_.rollback_on_error_rate * static_cast<double>(calls))
      return false;
    return open_.exchange(false, std::memory_order_acq_rel);
  }

private:
  const ReloadConfig config_;
  Clock::time_point end_{}; // the end of the window; written before open_ is set
  std::atomic<bool> open_{false};
  std::atomic<uint64_t> calls_{0}, errors_{0};
};

} // namespace skerry::host
