// ByteBudget: what several stores may use together.
#pragma once

#include <atomic>
#include <cstdint>

namespace skerry {

/// Bytes, counted before they are allocated (Store::set_budget says which); an embedder may take its own from
/// it, too. Thread-safe.
class ByteBudget {
public:
  explicit ByteBudget(uint64_t allowed) noexcept : allowed_(allowed) {}
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;

  /// False, and nothing taken, when that much is not left.
  bool take(uint64_t bytes) noexcept {
    uint64_t used = used_.load(std::memory_order_relaxed);
    while (used <= allowed_ && bytes <= allowed_ - used) {
      if (used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed)) return true;
    }
    return false;
  }
  /// What was taken.
  void give_back(uint64_t bytes) noexcept { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  uint64_t used() const noexcept { return used_.load(std::memory_order_relaxed); }
  uint64_t allowed() const noexcept { return allowed_; }

private:
  const uint64_t allowed_;
  std::atomic<uint64_t> used_{0};
};

} // namespace skerry
