// ByteBudget: a limit on bytes that several stores share.
#pragma once

#include <atomic>
#include <cstdint>

namespace skerry {

/// Counts bytes before they are allocated, and refuses bytes beyond a limit. Store::set_budget lists which
/// allocations of a store are counted. An embedder may count its own allocations against the same budget.
/// Thread-safe.
class ByteBudget {
public:
  /// A budget of `allowed` bytes, none of them in use.
  explicit ByteBudget(uint64_t allowed) noexcept : allowed_(allowed) {}
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;

  /// Counts `bytes` as used. Returns false, and counts nothing, if fewer than `bytes` are left.
  bool take(uint64_t bytes) noexcept {
    uint64_t used = used_.load(std::memory_order_relaxed);
    while (used <= allowed_ && bytes <= allowed_ - used) {
      if (used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed)) return true;
    }
    return false;
  }
  /// Counts `bytes` as free again. They must have been taken before.
  void give_back(uint64_t bytes) noexcept { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  /// The number of bytes that are taken and not given back.
  uint64_t used() const noexcept { return used_.load(std::memory_order_relaxed); }
  /// The limit that the budget was made with.
  uint64_t allowed() const noexcept { return allowed_; }

private:
  const uint64_t allowed_;
  std::atomic<uint64_t> used_{0};
};

} // namespace skerry
