// A share of a plugin's byte budget. Internal.
#pragma once

#include "skerry/budget.hpp"

#include <cstdint>
#include <memory>
#include <utility>

namespace skerry::host {

/// Takes bytes from a plugin's budget and returns them on destruction.
class BudgetShare {
public:
  /// If the budget does not have `bytes` bytes left, the share is empty and converts to false.
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

} // namespace skerry::host
