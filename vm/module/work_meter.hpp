// WorkMeter: limits the work that the engine itself does for a guest, such as translation, instantiation and
// locating the frames of a backtrace. The meter checks the deadline and the interrupt flag of the guest's
// store. It charges memory to the budgets of the engine and of the store before the work allocates the
// memory.
#pragma once

#include "skerry/budget.hpp"
#include "skerry/error.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace skerry::vm {

struct Store;

/// A meter is used for one piece of work, on one thread. After the first refusal it refuses everything.
class WorkMeter {
public:
  /// Units of work between two checks of the store. A unit is the handling of one instruction, operation or
  /// list entry. It takes 20 to 100 ns, so checks are less than half a millisecond apart.
  static constexpr uint32_t units_per_look = 4096;

  /// The function that checks a store, and its argument.
  struct Looks {
    std::optional<Error> (*look)(const Store& store); // returns why the work must end, or empty
    const Store& store;
    uint32_t& unseen; // units since the last check; all meters of a store share the count, so that many
                      // short pieces of work also lead to a check
  };

  /// A meter for work without a store: only the engine's budget limits it.
  explicit WorkMeter(ByteBudget& engine_budget) : engine_budget_(engine_budget) {}
  WorkMeter(ByteBudget& engine_budget, std::shared_ptr<ByteBudget> store_budget, const Looks& looks)
      : engine_budget_(engine_budget), store_budget_(std::move(store_budget)), looks_(looks) {}
  WorkMeter(const WorkMeter&) = delete;
  WorkMeter& operator=(const WorkMeter&) = delete;

  /// Counts `units` of work that is done or about to be done. Returns false if the work must end.
  [[nodiscard]] bool spend(uint32_t units) {
    if (!looks_) return !error_;
    looks_->unseen += units;
    return looks_->unseen < units_per_look ? !error_ : look();
  }
  /// Charges memory that the work is about to allocate. Returns false if a budget has fewer bytes left.
  [[nodiscard]] bool take(uint64_t bytes);
  void give_back(uint64_t bytes) noexcept;
  /// Charges memory that is kept after the work has ended. It counts against the store's budget only; the
  /// memory's new owner must give the bytes back.
  [[nodiscard]] bool take_to_keep(uint64_t bytes);
  /// The store's budget; null if it has none.
  const std::shared_ptr<ByteBudget>& store_budget() const { return store_budget_; }

  /// Refuses all further work because the system has no memory left.
  void refuse_memory();
  /// Takes the reason for the first refusal. The meter must have refused something.
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
