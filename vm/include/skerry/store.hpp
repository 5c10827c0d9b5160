// Store: everything that running code owns — instances, memories, the value stack, fuel, deadline.
#pragma once

#include "skerry/budget.hpp"
#include "skerry/engine.hpp"
#include "skerry/error.hpp"
#include "skerry/limits.hpp"
#include "skerry/types.hpp"

#include <any>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>

namespace skerry {

namespace vm {
struct Store;
}

/// Stops a running call from another thread. Cheap to copy; harmless when the store is gone.
class InterruptHandle {
public:
  /// The call that runs, or else the next one, ends with ErrorCode::interrupted. Thread-safe;
  /// async-signal-safe.
  void interrupt() noexcept;

private:
  friend class Store;
  explicit InterruptHandle(std::shared_ptr<void> flag) : flag_(std::move(flag)) {}
  std::shared_ptr<void> flag_;
};

/// What a store uses at the moment.
struct StoreUsage {
  uint64_t memory_bytes = 0;
  uint64_t peak_memory_bytes = 0;
  uint64_t table_elements = 0;
  uint32_t instances = 0;
  uint64_t heap_bytes = 0;
};

/// One thread at a time. Movable. Handles to its instances, functions, memories … are valid while it lives;
/// using one with another store is a usage error.
class Store {
public:
  using Clock = std::chrono::steady_clock;
  static constexpr uint64_t unlimited_fuel = std::numeric_limits<int64_t>::max();

  explicit Store(const Engine& engine, const StoreLimits& limits = {});
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  Engine engine() const noexcept;
  const StoreLimits& limits() const noexcept;
  StoreUsage usage() const noexcept;

  /// Instructions that calls may still execute. It goes down as they run; a call that needs more ends with
  /// ErrorCode::out_of_fuel, and with 0 none begins. Up to 1,100 instructions may run before the end is seen,
  /// but no host function, growth or bulk operation begins among them (docs/security.md). Starts unlimited.
  void set_fuel(uint64_t instructions) noexcept;
  uint64_t fuel() const noexcept;
  /// Instructions executed since the store was made: exact, the same in every configuration, and never more
  /// than were given.
  uint64_t fuel_used() const noexcept;

  /// Calls still running then end with ErrorCode::deadline_exceeded. Host functions and WASI waits obey it.
  void set_deadline(Clock::time_point when) noexcept;
  void clear_deadline() noexcept;
  Clock::time_point deadline() const noexcept; ///< time_point::max() when there is none

  InterruptHandle interrupt_handle() const;

  /// Counts memories, tables, instances and passive segments against a budget that several stores share, too,
  /// and translation while it lasts: growth beyond it fails, what instantiates or calls for the first time is
  /// an Error of kind limit ("budget_bytes limit exceeded: …"). Code that a call of this store has had
  /// translated counts until its module goes. Before anything is made in the store.
  void set_budget(std::shared_ptr<ByteBudget> budget) noexcept;

  /// Whatever the embedder wants its host functions to find, through Caller::user_data.
  void set_user_data(void* data) noexcept;
  void* user_data() const noexcept;

  /// A reference to a host value, of type externref. `value` lives until the store ends (or a collection
  /// finds nobody holds it). Errors: limit.
  Result<Ref> make_externref(std::any value);
  /// The host value behind a non-null externref made by this store; null otherwise.
  const std::any* externref_value(Ref ref) const noexcept;

  vm::Store* data() const noexcept { return data_.get(); }

private:
  std::unique_ptr<vm::Store> data_;
};

} // namespace skerry
