#include "host/metrics/latency_histogram.hpp"

#include <algorithm>
#include <bit>

namespace skerry::host {

size_t LatencyHistogram::bucket_of(uint64_t ns) noexcept {
  if (ns < (1u << bits)) return static_cast<size_t>(ns);
  auto shift = static_cast<unsigned>(std::bit_width(ns)) - bits - 1;
  return (size_t{shift + 1} << bits) + ((ns >> shift) & ((1u << bits) - 1));
}

uint64_t LatencyHistogram::upper_bound(size_t bucket) noexcept {
  if (bucket < (1u << bits)) return bucket;
  auto shift = static_cast<unsigned>(bucket >> bits) - 1;
  uint64_t mantissa = (1u << bits) + (bucket & ((1u << bits) - 1));
  return ((mantissa + 1) << shift) - 1;
}

void LatencyHistogram::add(std::chrono::nanoseconds time) noexcept {
  auto ns = static_cast<uint64_t>(std::max<int64_t>(time.count(), 0));
  counts_[bucket_of(ns)].fetch_add(1, std::memory_order_relaxed);
  total_.fetch_add(ns, std::memory_order_relaxed);
  uint64_t max = max_.load(std::memory_order_relaxed);
  while (ns > max && !max_.compare_exchange_weak(max, ns, std::memory_order_relaxed)) {
  }
}

LatencySummary LatencyHistogram::summary() const {
  std::array<uint64_t, buckets> counts;
  LatencySummary summary;
  for (size_t i = 0; i < buckets; ++i) {
    counts[i] = counts_[i].load(std::memory_order_relaxed);
    summary.count += counts[i];
  }
  summary.total = std::chrono::nanoseconds(total_.load(std::memory_order_relaxed));
  summary.max = std::chrono::nanoseconds(max_.load(std::memory_order_relaxed));
  summary.cumulative.assign(latency_bounds().size(), 0);
  const auto percentile = [&](uint64_t percent) {
    uint64_t rank = (summary.count * percent + 99) / 100, seen = 0;
    for (size_t i = 0; i < buckets; ++i) {
      seen += counts[i];
      if (counts[i] != 0 && seen >= rank)
        return std::min(std::chrono::nanoseconds(upper_bound(i)), summary.max);
    }
    return std::chrono::nanoseconds(0);
  };
  summary.p50 = percentile(50);
  summary.p90 = percentile(90);
  summary.p99 = percentile(99);
  for (size_t i = 0; i < buckets; ++i) {
    for (size_t bound = 0; counts[i] != 0 && bound < summary.cumulative.size(); ++bound) {
      if (upper_bound(i) <= static_cast<uint64_t>(latency_bounds()[bound].count()))
        summary.cumulative[bound] += counts[i];
    }
  }
  return summary;
}

std::span<const std::chrono::nanoseconds> latency_bounds() noexcept {
  using std::chrono::microseconds;
  static constexpr std::array<std::chrono::nanoseconds, 19> bounds{
      microseconds(10),        microseconds(25),        microseconds(50),        microseconds(100),
      microseconds(250),       microseconds(500),       microseconds(1'000),     microseconds(2'500),
      microseconds(5'000),     microseconds(10'000),    microseconds(25'000),    microseconds(50'000),
      microseconds(100'000),   microseconds(250'000),   microseconds(500'000),   microseconds(1'000'000),
      microseconds(2'500'000), microseconds(5'000'000), microseconds(10'000'000)};
  return bounds;
}

} // namespace skerry::host
