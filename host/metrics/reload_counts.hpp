// Counts the reloads of one plugin. Internal.
#pragma once

#include "host/metrics/code_counts.hpp"
#include "skerry/host/metrics.hpp"

#include <atomic>
#include <cstdint>

namespace skerry::host {

/// One counter per outcome. Thread-safe and lock-free.
class ReloadCounts {
public:
  void swapped() noexcept { add(swapped_); }
  void unchanged() noexcept { add(unchanged_); }
  void rolled_back(bool by_error_rate) noexcept { add(by_error_rate ? automatic_rollbacks_ : rollbacks_); }
  void failed(PluginErrorCode code) noexcept { failures_.add(code); }
  ReloadMetrics snapshot() const {
    return {swapped_, unchanged_, failures_.snapshot(), rollbacks_, automatic_rollbacks_};
  }

private:
  using Counter = std::atomic<uint64_t>;
  static void add(Counter& counter) noexcept { counter.fetch_add(1, std::memory_order_relaxed); }

  Counter swapped_{0}, unchanged_{0}, rollbacks_{0}, automatic_rollbacks_{0};
  CodeCounts failures_;
};

} // namespace skerry::host
