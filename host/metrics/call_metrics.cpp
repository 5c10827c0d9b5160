#include "host/metrics/call_metrics.hpp"

namespace skerry::host {

void CallMetrics::call_succeeded(Duration time) noexcept { latency_.add(time); }

void CallMetrics::call_failed(PluginErrorCode code, Duration time) noexcept {
  latency_.add(time);
  errors_.fetch_add(1, std::memory_order_relaxed);
  reasons_.add(code);
}

void CallMetrics::call_refused(PluginErrorCode code) noexcept {
  refused_.fetch_add(1, std::memory_order_relaxed);
  errors_.fetch_add(1, std::memory_order_relaxed);
  reasons_.add(code);
}

void CallMetrics::executed(uint64_t fuel, uint64_t memory_bytes, uint64_t dropped_log_lines) noexcept {
  fuel_.fetch_add(fuel, std::memory_order_relaxed);
  if (dropped_log_lines != 0) dropped_lines_.fetch_add(dropped_log_lines, std::memory_order_relaxed);
  uint64_t most = memory_high_water_.load(std::memory_order_relaxed);
  while (memory_bytes > most &&
         !memory_high_water_.compare_exchange_weak(most, memory_bytes, std::memory_order_relaxed)) {
  }
}

PluginMetrics CallMetrics::snapshot() const {
  PluginMetrics metrics;
  metrics.errors = errors_.load(std::memory_order_relaxed); // read first, so that it never exceeds `calls`
  metrics.latency = latency_.summary();
  metrics.calls = metrics.latency.count + refused_.load(std::memory_order_relaxed);
  metrics.queue_wait = queue_wait_.summary();
  metrics.fuel = fuel_.load(std::memory_order_relaxed);
  metrics.memory_high_water = memory_high_water_.load(std::memory_order_relaxed);
  metrics.resets = resets_.load(std::memory_order_relaxed);
  metrics.replaced = replaced_.load(std::memory_order_relaxed);
  metrics.dropped_log_lines = dropped_lines_.load(std::memory_order_relaxed);
  metrics.reasons = reasons_.snapshot();
  return metrics;
}

} // namespace skerry::host
