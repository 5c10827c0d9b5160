// An instance of a plugin, lent to one call. Internal.
#pragma once

#include "host/pool/generation.hpp"
#include "skerry/budget.hpp"

#include <chrono>
#include <cstdint>
#include <memory>

namespace skerry::host {

/// Holds bytes of a plugin's budget until it is destroyed.
class BudgetShare {
public:
  /// False, and holding nothing, when the budget does not have that many left.
  BudgetShare(std::shared_ptr<ByteBudget> budget, uint64_t bytes)
      : budget_(budget->take(bytes) ? std::move(budget) : nullptr), bytes_(bytes) {}
  BudgetShare(BudgetShare&&) noexcept = default;
  BudgetShare& operator=(BudgetShare&&) = delete;
  ~BudgetShare() {
    if (budget_) budget_->give_back(bytes_);
  }
  explicit operator bool() const noexcept { return budget_ != nullptr; }

private:
  std::shared_ptr<ByteBudget> budget_;
  uint64_t bytes_;
};

/// Exclusive use of one instance. On destruction, records what the call used and gives the instance back to
/// its pool, clean. Keeps the generation alive.
class Lease {
public:
  /// Waits for an instance, for a call that began at `start` and has `input_bytes` of input. Errors: codes
  /// "busy", "timeout", "unloaded", "limit.total", and those of making an instance.
  static Expected<Lease> take(std::shared_ptr<Generation> generation, uint64_t input_bytes,
                              Generation::Clock::time_point start, std::chrono::milliseconds timeout);
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease();

  PluginInstance& operator*() const noexcept { return *instance_; }
  PluginInstance* operator->() const noexcept { return instance_.get(); }
  Generation& generation() const noexcept { return *generation_; }

private:
  using InstancePtr = InstancePool::InstancePtr;
  Lease(std::shared_ptr<Generation> generation, BudgetShare buffers, InstancePtr instance);

  std::shared_ptr<Generation> generation_; // null: moved from
  BudgetShare buffers_;
  InstancePtr instance_;
  uint64_t fuel_before_;
};

} // namespace skerry::host
