// LatencyHistogram: counts durations in buckets. Internal.
#pragma once

#include "skerry/host/metrics.hpp"

#include <array>
#include <atomic>
#include <chrono>

namespace skerry::host {

/// A histogram with eight buckets for each power of two, so a percentile is at most an eighth too large.
/// Thread-safe and lock-free.
class LatencyHistogram {
public:
  void add(std::chrono::nanoseconds time) noexcept;
  LatencySummary summary() const;

private:
  static constexpr unsigned bits = 3;
  static constexpr size_t buckets = (64 - bits + 1) << bits;
  static size_t bucket_of(uint64_t ns) noexcept;
  static uint64_t upper_bound(size_t bucket) noexcept; // largest time in the bucket, in nanoseconds

  std::array<std::atomic<uint64_t>, buckets> counts_{};
  std::atomic<uint64_t> total_{0}, max_{0};
};

} // namespace skerry::host
