// Metrics of plugins: calls, errors, latencies, reloads and versions.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace skerry::host {

/// Summary of a latency histogram. The width of a bucket is at most one eighth of its lower bound, so a
/// percentile is at most 12.5 % too high.
struct LatencySummary {
  uint64_t count = 0;
  std::chrono::nanoseconds total{0}, max{0};
  std::chrono::nanoseconds p50{0}, p90{0}, p99{0}; ///< 0 if `count` is 0
  /// Entry i counts the measured times up to latency_bounds()[i]. Times just below the bound may be missing,
  /// because a histogram bucket that extends beyond the bound is not counted.
  std::vector<uint64_t> cumulative;
};
/// The upper bounds of the reported buckets, from 10 µs to 10 s. Thread-safe.
std::span<const std::chrono::nanoseconds> latency_bounds() noexcept;

/// How often a plugin was reloaded or rolled back, and the outcomes.
struct ReloadMetrics {
  uint64_t swapped = 0;                     ///< reloads that put a new version in service
  uint64_t unchanged = 0;                   ///< reloads that found no change
  std::map<std::string, uint64_t> failures; ///< failed steps of reloads and rollbacks, by error code
  uint64_t rollbacks = 0;                   ///< requested with Manager::rollback
  uint64_t automatic_rollbacks = 0;         ///< triggered by the error rate of a new version
};

/// One version of a plugin: the one in service, or one kept for a rollback.
struct VersionMetrics {
  std::string version; ///< meta.version of the manifest
  std::string hash;    ///< XXH3-128 of the module, 32 hex digits
  bool serving = false;
  uint64_t calls = 0, errors = 0; ///< counted while the version was in service
  LatencySummary latency;
};

/// A snapshot of a plugin's counters. Calls continue while the snapshot is taken, so one counter may include
/// calls that another one does not include yet.
struct PluginMetrics {
  std::string plugin;
  uint64_t calls = 0;                      ///< calls that were answered, with a result or an error
  uint64_t errors = 0;                     ///< calls that were answered with an error
  std::map<std::string, uint64_t> reasons; ///< number of errors by error code
  LatencySummary latency;                  ///< duration of calls, including the wait for an instance
  LatencySummary queue_wait;               ///< time that calls waited for an instance
  uint64_t fuel = 0;                       ///< instructions that calls executed
  uint64_t memory_high_water = 0;          ///< largest linear memory of any one instance, in bytes
  uint64_t resets = 0;                     ///< instances reset to their state after `init`
  uint64_t replaced = 0;                   ///< instances discarded because they could not be reset
  uint64_t dropped_log_lines = 0;
  uint32_t instances = 0, busy = 0, waiting = 0; ///< instances in all; those in a call; waiting callers
  uint64_t budget_used = 0, budget = 0;          ///< bytes taken from the plugin's budget, and its size
  bool circuit_open = false;                     ///< the breaker refuses all calls except a probe
  ReloadMetrics reloads;
  std::vector<VersionMetrics> versions; ///< the one in service, then the kept ones, newest first
};

/// Writes `{"call_count","error_count","error_rate","avg_duration_ms","circuit_open",…}` on one line. Every
/// number is present and finite, even before the first call. Thread-safe.
std::string to_json(const PluginMetrics& metrics);
/// Writes the metrics of all `plugins` in the Prometheus text format, version 0.0.4. Thread-safe.
std::string to_prometheus(std::span<const PluginMetrics> plugins);

} // namespace skerry::host
