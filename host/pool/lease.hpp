// An instance of a plugin, lent to one call. Internal.
#pragma once

#include "host/pool/generation.hpp"

#include <memory>

namespace skerry::host {

/// Bytes of a plugin's budget, taken for as long as this lives.
class BudgetShare {
public:
  /// Takes nothing when the budget does not have it; then it is false.
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

/// Nobody else has the instance. When this ends it is counted what the call used, and the instance goes back
/// to its pool, clean. Keeps the generation alive.
class Lease {
public:
  using InstancePtr = InstancePool::InstancePtr;
  Lease(std::shared_ptr<Generation> generation, BudgetShare buffers, InstancePtr instance);
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease();

  PluginInstance& operator*() const noexcept { return *instance_; }
  PluginInstance* operator->() const noexcept { return instance_.get(); }
  Generation& generation() const noexcept { return *generation_; }

private:
  std::shared_ptr<Generation> generation_; // null: moved from
  BudgetShare buffers_;
  InstancePtr instance_;
  uint64_t fuel_before_;
};

} // namespace skerry::host
