// CallMetrics: counts the calls of a plugin, or those of one of its versions. Internal.
#pragma once

#include "host/metrics/code_counts.hpp"
#include "host/metrics/latency_histogram.hpp"
#include "skerry/host/metrics.hpp"

#include <atomic>
#include <chrono>

namespace skerry::host {

/// Counters and latencies. Thread-safe and lock-free; counting allocates no memory.
class CallMetrics {
public:
  using Duration = std::chrono::nanoseconds;

  void call_succeeded(Duration time) noexcept;
  void call_failed(PluginErrorCode code, Duration time) noexcept;
  /// Counts a call that failed before it had an instance. Its duration is not recorded.
  void call_refused(PluginErrorCode code) noexcept;
  void waited(Duration time) noexcept { queue_wait_.add(time); }
  void executed(uint64_t fuel, uint64_t memory_bytes, uint64_t dropped_log_lines) noexcept;
  void reset_instance() noexcept { resets_.fetch_add(1, std::memory_order_relaxed); }
  void replaced_instance() noexcept { replaced_.fetch_add(1, std::memory_order_relaxed); }

  /// Returns the metrics that this object counts. LoadedPlugin::metrics adds the metrics of the pool, the
  /// budget and the breaker.
  PluginMetrics snapshot() const;

private:
  LatencyHistogram latency_, queue_wait_;
  std::atomic<uint64_t> errors_{0}, refused_{0}, fuel_{0}, memory_high_water_{0}, resets_{0}, replaced_{0},
      dropped_lines_{0};
  CodeCounts reasons_;
};

} // namespace skerry::host
