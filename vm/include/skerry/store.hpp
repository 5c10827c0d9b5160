// Store: everything that running code owns, such as instances, memories, the value stack, fuel and the
// deadline.
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

/// Stops a running call from another thread. Cheap to copy, and harmless after the store is destroyed.
class InterruptHandle {
public:
  /// Ends the running call, or else the next one, with ErrorCode::interrupted. Thread-safe;
  /// async-signal-safe.
  void interrupt() noexcept;

private:
  friend class Store;
  explicit InterruptHandle(std::shared_ptr<void> flag) : flag_(std::move(flag)) {}
  std::shared_ptr<void> flag_;
};

/// The resources that a store uses now.
struct StoreUsage {
  uint64_t memory_bytes = 0;
  uint64_t peak_memory_bytes = 0;
  uint64_t table_elements = 0;
  uint32_t instances = 0;
  uint64_t heap_bytes = 0; ///< host values of externrefs, and references that the embedder holds
};

/// The owner of instances and everything they use (spec §4.2.3). One thread at a time. Movable. Handles to
/// its instances, functions, memories … are valid while it lives; using one with another store is a usage
/// error.
class Store {
public:
  using Clock = std::chrono::steady_clock;
  /// Fuel that never runs out; the default.
  static constexpr uint64_t unlimited_fuel = std::numeric_limits<int64_t>::max();

  /// Makes an empty store. Throws std::bad_alloc if memory runs out.
  explicit Store(const Engine& engine, const StoreLimits& limits = {});
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  /// The engine that the store was made with.
  Engine engine() const noexcept;
  /// The limits that the store was made with.
  const StoreLimits& limits() const noexcept;
  /// The resources in use now.
  StoreUsage usage() const noexcept;

  /// Sets how many instructions calls may still execute. Running code uses them up; a call that needs more
  /// ends with ErrorCode::out_of_fuel, and none starts with 0 left. A call may run up to 1,100 instructions
  /// before it notices that fuel ran out, but no host function, growth or bulk operation starts among them
  /// (docs/security.md). Unlimited by default.
  void set_fuel(uint64_t instructions) noexcept;
  /// Instructions that calls may still execute; 0 if none are left.
  uint64_t fuel() const noexcept;
  /// Instructions executed since the store was made. The count is exact, the same in every configuration, and
  /// never exceeds the fuel that was given.
  uint64_t fuel_used() const noexcept;

  /// Ends calls that still run at `when` with ErrorCode::deadline_exceeded. Host functions and WASI waits
  /// obey it.
  void set_deadline(Clock::time_point when) noexcept;
  /// Removes the deadline.
  void clear_deadline() noexcept;
  Clock::time_point deadline() const noexcept; ///< time_point::max() if there is none

  /// A handle with which another thread can end this store's calls.
  InterruptHandle interrupt_handle() const;

  /// Counts memories, tables, instances, passive segments and, while it lasts, translation against a budget
  /// that several stores share. Growth beyond the budget fails; instantiation and first calls beyond it are
  /// an Error of kind limit ("budget_bytes limit exceeded: …"). Code that a call of this store has caused to
  /// be translated counts until its module is destroyed. Call this before making anything in the store.
  void set_budget(std::shared_ptr<ByteBudget> budget) noexcept;

  /// Sets a pointer that host functions find in Caller::user_data. The store never uses it.
  void set_user_data(void* data) noexcept;
  /// The pointer that was set; null by default.
  void* user_data() const noexcept;

  /// Makes a non-null externref to a host value. `value` lives until the store is destroyed, or until a
  /// collection finds no reference to it. Errors: limit.
  Result<Ref> make_externref(std::any value);
  /// The host value of a non-null externref that this store made; null for other references. The
  /// pointer is valid until the store drops the value (see make_externref).
  const std::any* externref_value(const Ref& ref) const noexcept;

  /// The reference in a slot of Func::call_raw or of a raw host function. The slot must hold a reference of
  /// this store, and is valid only until wasm code runs or an object is made in the store: turn it into a Ref
  /// first. Errors: limit.
  Result<Ref> to_ref(uint64_t slot) const noexcept;
  /// The slot for a reference, valid until wasm code runs or an object is made in the store; 0 for null. Its
  /// bits mean nothing else. Errors: usage if the reference is of another store or expired.
  Result<uint64_t> to_slot(const Ref& ref) const noexcept;

  /// For internal use.
  vm::Store* data() const noexcept { return data_.get(); }

private:
  std::unique_ptr<vm::Store> data_;
};

} // namespace skerry
