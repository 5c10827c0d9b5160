// WorkMeter: what the engine's own work for a guest (translation, places of a backtrace) is measured with. It
// looks at the deadline and the interrupt of the store that the work is for, and charges the memory that the
// work holds, before it is allocated, to the engine's budget and the store's.
#pragma once

#include "skerry/budget.hpp"
#include "skerry/error.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace skerry::vm {

struct Store;

/// For one piece of work, on one thread. After the first refusal everything is refused.
class WorkMeter {
public:
  /// Units of work between two looks. A unit is an instruction, an operation or an entry of a list that is
  /// handled once, some 20 to 100 ns: the looks are less than half a millisecond apart.
  static constexpr uint32_t units_per_look = 4096;

  /// Where to look.
  struct Looks {
    std::optional<Error> (*look)(const Store& store); // why the work must end, or nothing
    const Store& store;
    uint32_t& unseen; // units since the last look, so that much small work is looked at as well
  };

  /// Of work that is for no store: nothing ends it but the budget.
  explicit WorkMeter(ByteBudget& engine_budget) : engine_budget_(engine_budget) {}
  WorkMeter(ByteBudget& engine_budget, std::shared_ptr<ByteBudget> store_budget, const Looks& looks)
      : engine_budget_(engine_budget), store_budget_(std::move(store_budget)), looks_(looks) {}
  WorkMeter(const WorkMeter&) = delete;
  WorkMeter& operator=(const WorkMeter&) = delete;

  /// Counts work that is done, or about to be done. False when the call that it is for must end.
  [[nodiscard]] bool spend(uint32_t units) {
    if (!looks_) return !error_;
    looks_->unseen += units;
    return looks_->unseen < units_per_look ? !error_ : look();
  }
  /// Charges memory that the work is about to allocate. False when a budget has not so much left.
  [[nodiscard]] bool take(uint64_t bytes);
  void give_back(uint64_t bytes) noexcept;
  /// Charges memory that stays when the work is done: the store's budget alone pays. The taker gives it back.
  [[nodiscard]] bool take_to_keep(uint64_t bytes);
  /// The store's; null when it has none.
  const std::shared_ptr<ByteBudget>& store_budget() const { return store_budget_; }

  /// Refuses from now on: the system has no memory.
  void refuse_memory();
  /// Why the work was refused to go on; there must have been a refusal.
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
