// Store: owns everything that running code uses, such as instances, memories, the value stack, fuel and the
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
#include <type_traits>

namespace skerry {

namespace vm {
struct Store;
}

namespace detail {
template <class T> inline constexpr char type_mark = 0;
/// An address that stands for the type T in this program.
template <class T> constexpr const void* type_id() noexcept { return &type_mark<T>; }
} // namespace detail

/// Stops a running call from another thread. An InterruptHandle is cheap to copy, and has no effect after the
/// store is destroyed.
class InterruptHandle {
public:
  /// Ends the running call with ErrorCode::interrupted, or the next call if no call is running. Thread-safe;
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
  uint64_t heap_bytes = 0; ///< bytes of the objects that StoreLimits::heap_bytes limits
};

/// The owner of instances and of everything they use (spec §4.2.3). One thread at a time. Movable. Handles to
/// the store's instances, functions, memories and so on are valid while the store lives. Using a handle with
/// another store is a usage error.
class Store {
public:
  using Clock = std::chrono::steady_clock;
  /// The fuel that never runs out, and the default.
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
  /// The resources that the store uses now.
  StoreUsage usage() const noexcept;

  /// Sets how many instructions the store's calls may still execute; unlimited by default. Running code uses
  /// up fuel. A call that needs more ends with ErrorCode::out_of_fuel, and no call starts when 0 is left. A
  /// call may execute up to 1,100 instructions after its fuel ran out, but none of them is a call of a host
  /// function, a growth or a bulk operation (docs/security.md).
  void set_fuel(uint64_t instructions) noexcept;
  /// How many instructions the store's calls may still execute.
  uint64_t fuel() const noexcept;
  /// The number of instructions executed since the store was made; set_fuel does not reset it. The count is
  /// exact and the same in every configuration. Instructions that a call executes after its fuel ran out do
  /// not count, so the count never exceeds all the fuel that was given.
  uint64_t fuel_used() const noexcept;

  /// Sets the deadline: a call that is still running at `when` ends with ErrorCode::deadline_exceeded. A host
  /// function that uses a HostMeter or Caller::check_interrupt, such as a wait of WASI, also ends at that
  /// time.
  void set_deadline(Clock::time_point when) noexcept;
  /// Removes the deadline.
  void clear_deadline() noexcept;
  Clock::time_point deadline() const noexcept; ///< time_point::max() if there is none

  /// A handle with which another thread can end calls of this store.
  InterruptHandle interrupt_handle() const;

  /// Counts the store's memory against a budget that several stores can share. The budget counts memories,
  /// tables, instances, passive segments, and the memory that translation takes while it runs. If the growth
  /// of a memory or table would exceed the budget, the growth fails. If an instantiation or a function's
  /// first call would exceed the budget, it fails with an Error of kind limit ("budget_bytes limit exceeded:
  /// …"). If a call of this store causes a function to be translated, the budget counts the function's code
  /// until its module is destroyed. Call set_budget before making anything in the store.
  void set_budget(std::shared_ptr<ByteBudget> budget) noexcept;

  /// Sets the object that host functions reach through Caller::user_data, and whose member functions can be
  /// host functions (Linker::define). The store keeps the pointer and its type, and does not own the object.
  template <class T>
    requires(!std::is_void_v<T> && !std::is_const_v<T> && !std::is_function_v<T>)
  void set_user_data(T* data) noexcept {
    set_user_data(data, detail::type_id<T>());
  }
  /// Like the function above, for a pointer without a type.
  void set_user_data(void* data) noexcept { set_user_data(data, nullptr); }
  /// The pointer that set_user_data has set; null by default.
  void* user_data() const noexcept;
  /// Like the function above, but null unless the pointer was set as a T*; a pointer to a class derived from
  /// T does not count.
  template <class T> T* user_data() const noexcept {
    return static_cast<T*>(user_data_of_type(detail::type_id<T>()));
  }

  /// Makes a non-null externref that refers to a host value. The store keeps `value` until the store is
  /// destroyed, or until a garbage collection finds no reference to `value`. Errors: limit.
  Result<Ref> make_externref(std::any value);
  /// The host value of a non-null externref that this store made; null for all other references. The pointer
  /// is valid until the store drops the value (see make_externref).
  const std::any* externref_value(const Ref& ref) const noexcept;

  /// Converts a slot of Func::call_raw or of a raw host function to a reference. The slot must hold a
  /// reference of this store. Convert the slot before wasm code runs and before an object is made in the
  /// store, because the slot is not valid afterwards. Errors: limit.
  Result<Ref> to_ref(uint64_t slot) const noexcept;
  /// Converts a reference to a slot; null becomes 0. The slot is valid until wasm code runs or an object is
  /// made in the store. Its bits have no other meaning for the embedder. Errors: usage if the reference
  /// belongs to another store or is expired.
  Result<uint64_t> to_slot(const Ref& ref) const noexcept;

  /// For internal use.
  vm::Store* data() const noexcept { return data_.get(); }

private:
  void set_user_data(void* data, const void* type) noexcept;
  void* user_data_of_type(const void* type) const noexcept;

  std::unique_ptr<vm::Store> data_;
};

} // namespace skerry
