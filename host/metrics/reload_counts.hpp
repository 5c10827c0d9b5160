// Counts the reloads of one plugin. Internal.
#pragma once

#include "skerry/host/metrics.hpp"
#include "skerry/out_of_memory.hpp"

#include <cstdint>
#include <mutex>
#include <string>

namespace skerry::host {

/// Thread-safe.
class ReloadCounts {
public:
  void swapped() { add(&ReloadMetrics::swapped); }
  void unchanged() { add(&ReloadMetrics::unchanged); }
  void rolled_back(bool by_error_rate) {
    add(by_error_rate ? &ReloadMetrics::automatic_rollbacks : &ReloadMetrics::rollbacks);
  }
  /// Not counted where there is no memory for it.
  void failed(const std::string& code) noexcept {
    const std::lock_guard lock(mutex_);
    unless_out_of_memory([&] { ++counts_.failures[code]; }, [] {});
  }
  ReloadMetrics snapshot() const {
    std::lock_guard lock(mutex_);
    return counts_;
  }

private:
  void add(uint64_t ReloadMetrics::* counter) {
    std::lock_guard lock(mutex_);
    ++(counts_.*counter);
  }
  mutable std::mutex mutex_;
  ReloadMetrics counts_;
};

} // namespace skerry::host
