// Counts the calls of one plugin. Internal.
#pragma once

#include "host/metrics/latency_histogram.hpp"
#include "skerry/host/metrics.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace skerry::host {

/// Thread-safe. A call that succeeds takes no lock.
class CallMetrics {
public:
  using Duration = std::chrono::nanoseconds;

  void call_succeeded(Duration time) noexcept;
  /// The reason is not counted where there is no memory for it; that holds for the next, too.
  void call_failed(const std::string& code, Duration time) noexcept;
  /// One that did not reach the plugin; it has no time.
  void call_refused(const std::string& code) noexcept;
  void waited(Duration time) noexcept { queue_wait_.add(time); }
  void executed(uint64_t fuel, uint64_t memory_bytes, uint64_t dropped_log_lines) noexcept;
  void reset_instance() noexcept { resets_.fetch_add(1, std::memory_order_relaxed); }
  void replaced_instance() noexcept { replaced_.fetch_add(1, std::memory_order_relaxed); }

  /// All but what the pool, the budget and the breaker know.
  PluginMetrics snapshot() const;

private:
  void count_reason(const std::string& code) noexcept;

  LatencyHistogram latency_, queue_wait_;
  std::atomic<uint64_t> errors_{0}, refused_{0}, fuel_{0}, memory_high_water_{0}, resets_{0}, replaced_{0},
      dropped_lines_{0};
  mutable std::mutex mutex_; // guards reasons_
  std::map<std::string, uint64_t> reasons_;
};

} // namespace skerry::host
