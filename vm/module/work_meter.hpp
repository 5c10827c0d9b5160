// WorkMeter: limits the engine's own work for a guest (translation, and locating the frames of a backtrace).
// It checks the deadline and the interrupt flag of the store that the work is for. It charges memory to the
// budgets of the engine and the store before the work allocates it.
#pragma once

#include "skerry/budget.hpp"
#include "skerry/error.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace skerry::vm {

struct Store;

/// For one piece of work, on one thread. After the first refusal it refuses everything.
class WorkMeter {
public:
  /// Units of work between two checks. A unit is an instruction, an operation or a list entry that is handled
  /// once, and takes 20 to 100 ns, so checks are less than half a millisecond apart.
  static constexpr uint32_t units_per_look = 4096;

  /// How to check the store.
  struct Looks {
    std::optional<Error> (*look)(const Store& store); // why the work must end, or empty
    const Store& store;
    uint32_t& unseen; // units since the last check, shared by the store's meters so that small work adds up
  };

  /// A meter for work without a store: only the engine's budget limits it.
  explicit WorkMeter(ByteBudget& engine_budget) : engine_budget_(engine_budget) {}
  WorkMeter(ByteBudget& engine_budget, std::shared_ptr<ByteBudget> store_budget, const Looks& looks)
      : engine_budget_(engine_budget), store_budget_(std::move(store_budget)), looks_(looks) {}
  WorkMeter(const WorkMeter&) = delete;
  WorkMeter& operator=(const WorkMeter&) = delete;

  /// Counts work that is done or about to be done. Returns false if the call must end.
  [[nodiscard]] bool spend(uint32_t units) {
    if (!looks_) return !error_;
    looks_->unseen += units;
    return looks_->unseen < units_per_look ? !error_ : look();
  }
  /// Charges memory that the work is about to allocate. Returns false if a budget has too little left.
  [[nodiscard]] bool take(uint64_t bytes);
  void give_back(uint64_t bytes) noexcept;
  /// Charges memory that outlives the work to the store's budget only. The new owner gives it back.
  [[nodiscard]] bool take_to_keep(uint64_t bytes);
  /// The store's budget; null if it has none.
  const std::shared_ptr<ByteBudget>& store_budget() const { return store_budget_; }

  /// Refuses all further work because the system has no memory left.
  void refuse_memory();
  /// The reason for the first refusal; there must have been one.
  Error take_error() { return std::move(*error_); }
  bool has_refused() const { return error_.has_value(); }

private:
  bool look();
  bool refuse(Error why);

  ByteBudget& engine_budget_;
  std::shared_ptr<ByteBudget> store_budget_;
  std::optional<Looks> looks_;
  std::optional<Error> error_;
};

} // namespace skerry::vm
