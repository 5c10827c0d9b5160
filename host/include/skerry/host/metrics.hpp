// What is known about the calls of a plugin.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace skerry::host {

/// Times in a histogram whose buckets are at most an eighth wide.
struct LatencySummary {
  uint64_t count = 0;
  std::chrono::nanoseconds total{0}, max{0};
  std::chrono::nanoseconds p50{0}, p90{0}, p99{0}; ///< 0 when there were none
  /// How many took at most as long as each of latency_bounds().
  std::vector<uint64_t> cumulative;
};
/// Upper bounds of the buckets that are reported, from 10 µs to 10 s.
std::span<const std::chrono::nanoseconds> latency_bounds() noexcept;

/// How often a plugin was reloaded, and what came of it.
struct ReloadMetrics {
  uint64_t swapped = 0;                     ///< a new version serves
  uint64_t unchanged = 0;                   ///< there was nothing to do
  std::map<std::string, uint64_t> failures; ///< by code: "reload.init"; the old version stayed
  uint64_t rollbacks = 0;                   ///< by command
  uint64_t automatic_rollbacks = 0;         ///< by the error rate
};

/// One version of a plugin: the one that serves, or one that is kept for a rollback.
struct VersionMetrics {
  std::string version; ///< meta.version of its manifest
  std::string hash;    ///< of its module
  bool serving = false;
  uint64_t calls = 0, errors = 0; ///< while it served
  LatencySummary latency;
};

/// Taken at one moment while calls go on: counters may differ by the calls that end meanwhile.
struct PluginMetrics {
  std::string plugin;
  uint64_t calls = 0;                      ///< answered, also with an error
  uint64_t errors = 0;                     ///< of them
  std::map<std::string, uint64_t> reasons; ///< errors by their code
  LatencySummary latency;                  ///< of calls, waiting included
  LatencySummary queue_wait;               ///< for an instance
  uint64_t fuel = 0;                       ///< instructions executed in calls
  uint64_t memory_high_water = 0;          ///< most linear memory that one instance had, in bytes
  uint64_t resets = 0;                     ///< instances brought back to the state after `init`
  uint64_t replaced = 0;                   ///< instances thrown away
  uint64_t dropped_log_lines = 0;
  uint32_t instances = 0, busy = 0, waiting = 0; ///< at the moment
  uint64_t budget_used = 0, budget = 0;          ///< bytes of the plugin's budget
  bool circuit_open = false;                     ///< calls are refused, but for a probe
  ReloadMetrics reloads;
  std::vector<VersionMetrics> versions; ///< the one that serves, then those that are kept, the youngest first
};

/// `{"call_count","error_count","error_rate","avg_duration_ms","circuit_open",…}` on one line. No number is
/// missing or not finite, also before the first call.
std::string to_json(const PluginMetrics& metrics);
/// All of them in the Prometheus text format, version 0.0.4.
std::string to_prometheus(std::span<const PluginMetrics> plugins);

} // namespace skerry::host
