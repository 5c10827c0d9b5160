// Store data: owns all instances, the value stack and the state of the running call.
#pragma once

#include "skerry/budget.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/runtime/instance.hpp"

#include <any>
#include <atomic>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace skerry::vm {

/// The value stack. Frames refer to each other by distance, never by address, so it can move.
struct ValueStack {
  std::byte* base = nullptr;
  uint64_t bytes = 0;
  /// What lies behind limit() can be written without a check: links, bridges, arguments of host calls.
  static constexpr uint64_t red_zone_bytes = 16'384;
  std::byte* limit() const { return base + bytes - red_zone_bytes; }
};

/// State of the running activation, saved by handlers when they leave the fast path (host call, trap, slice
/// end).
struct RunState {
  const std::byte* pc = nullptr;      // the instruction that is running
  uint64_t* frame = nullptr;          // its frame
  ModuleInstance* instance = nullptr; // whose code it is; null when no wasm runs
  uint64_t* free = nullptr;           // first slot of the value stack that nobody uses
  int64_t fuel = 0;                   // what is left of the slice
  uint64_t detail = 0;                // of a trap: the element found uninitialized, the address of an access
};

struct Store {
  Store(std::shared_ptr<EngineData> engine, const StoreLimits& limits);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  std::shared_ptr<EngineData> engine;
  StoreLimits limits;
  StoreUsage usage;

  ValueStack stack; // allocated at the first call
  RunState run;
  uint32_t host_depth = 0; // activations nested through host functions

  // Fuel not yet handed out as a slice; the running slice is in a register, or in run.fuel during host calls.
  int64_t fuel_budget = static_cast<int64_t>(skerry::Store::unlimited_fuel);
  uint64_t fuel_given = skerry::Store::unlimited_fuel; // all that was ever given, modulo 2^64

  skerry::Store::Clock::time_point deadline = skerry::Store::Clock::time_point::max();
  std::shared_ptr<std::atomic<bool>> interrupt_flag;

  void* user_data = nullptr;          // the embedder's
  std::shared_ptr<ByteBudget> budget; // shared with other stores; may be null
  uint64_t budget_taken = 0;          // by this store
  uint32_t unseen_work = 0;           // units since the last look (vm/module/work_meter.hpp)

  bool may_suspend = false;        // the running call may stop and be resumed (vm/exec/suspension.hpp)
  std::shared_ptr<void> suspended; // a call that did

  std::optional<Error> error; // why the running call fails; taken by who reports it

  // Owned. Addresses of what the pointers point to are stable.
  struct InstanceDeleter {
    void operator()(ModuleInstance* instance) const;
  };
  std::vector<std::unique_ptr<ModuleInstance, InstanceDeleter>> instances;
  std::vector<std::unique_ptr<HostFuncInstance>> host_funcs;
  std::unordered_map<const HostFunc*, HostFuncInstance*>
      host_func_of; // one per definition: funcrefs have identity
  std::vector<std::unique_ptr<MemoryInstance>> memories;
  std::vector<std::unique_ptr<TableInstance>> tables;
  std::vector<std::unique_ptr<GlobalInstance>> globals; // made by the host or imported into no module yet
  struct HostObject;
  std::vector<std::unique_ptr<HostObject>> host_objects; // externrefs
  std::vector<TypeHold> types;                           // of tables and globals that the host made

  /// Takes from the budget, or gives back. False: that much is not left.
  bool take_budget(uint64_t bytes) noexcept;
  void give_back_budget(uint64_t bytes) noexcept;

  /// Records why the call ends; returns false so that callers can `return store.fail(…)`.
  bool fail(Error why) noexcept;

  int64_t fuel_left() const noexcept { return fuel_budget + run.fuel; }
};

struct Store::HostObject : Object {
  Store* store;
  std::any value;
};

/// Looks at interrupt and deadline: why a call must end, or none.
ErrorCode look(const Store& store) noexcept;
/// The same with a clock that costs a few nanoseconds while the deadline is not near: for what comes often.
ErrorCode look_roughly(const Store& store) noexcept;
/// look() as an error, for host loops.
std::optional<Error> check_interrupt(const Store& store) noexcept;
/// For the engine's own work in the store: looks at its deadline and interrupt, and charges its budget. Work
/// that nobody has looked at counts on from one meter to the next.
WorkMeter work_meter(Store& store);

// Handlers call the next two: no exception may come out of them.
/// Spec §4.5.3.8: grows by `pages` and returns the old size in pages, or -1 (limits, address space).
int64_t grow_memory(MemoryInstance& memory, uint64_t pages) noexcept;
/// Spec §4.5.3.7: returns the old size in elements, or -1. With `stop`, deadline and interrupt are looked at
/// after each piece: the table is then left as it was, and *stop says why.
int64_t grow_table(TableInstance& table, uint64_t elements, uint64_t init,
                   ErrorCode* stop = nullptr) noexcept;
/// Do the limits allow that many elements more?
bool table_may_grow(const TableInstance& table, uint64_t elements) noexcept;

/// Makes the value stack if there is none yet. Errors: limit.
Result<void> ensure_stack(Store& store);
/// Gives the value stack a new address (Config::move_stack) and returns by how many bytes it moved, 0 when it
/// did not. Corrects run.frame and run.free; the caller corrects every other pointer into the stack that it
/// holds.
ptrdiff_t move_stack(Store& store);
void release_stack(Store& store);

} // namespace skerry::vm
