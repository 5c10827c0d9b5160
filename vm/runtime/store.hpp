// The data of a store: owns all instances, the value stack and the state of the running call.
#pragma once

#include "skerry/budget.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/runtime/instance.hpp"
#include "vm/runtime/root.hpp"

#include <any>
#include <atomic>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace skerry::vm {

/// The value stack. Frames refer to each other by distance rather than by address, so it can move.
struct ValueStack {
  std::byte* base = nullptr;
  uint64_t bytes = 0;
  /// The bytes after limit() can be written without a check: links, bridges and arguments of host calls.
  static constexpr uint64_t red_zone_bytes = 16'384;
  std::byte* limit() const { return base + bytes - red_zone_bytes; }
};

/// State of the running activation. Handlers save it when they leave the fast path (host call, trap, end of a
/// slice).
struct RunState {
  const std::byte* pc = nullptr;      // the instruction that is running
  uint64_t* frame = nullptr;          // its frame
  ModuleInstance* instance = nullptr; // the instance that owns the code; null if no wasm is running
  uint64_t* free = nullptr;           // the first unused slot of the value stack
  int64_t fuel = 0;                   // what is left of the slice
  uint64_t detail = 0;                // of a trap: the uninitialized element, or the address of the access
};

struct Tracer;

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

  // Fuel not yet handed out as a slice. The running slice is in a register, or in run.fuel during host calls.
  int64_t fuel_budget = static_cast<int64_t>(skerry::Store::unlimited_fuel);
  uint64_t fuel_given = skerry::Store::unlimited_fuel; // all the fuel ever given, modulo 2^64

  skerry::Store::Clock::time_point deadline = skerry::Store::Clock::time_point::max();
  std::shared_ptr<std::atomic<bool>> interrupt_flag;

  void* user_data = nullptr;          // the embedder's pointer
  std::shared_ptr<ByteBudget> budget; // shared with other stores; may be null
  uint64_t budget_taken = 0;          // by this store
  uint32_t unseen_work = 0;           // units since the last check (vm/module/work_meter.hpp)

  bool may_suspend = false;        // the running call may stop and be resumed (vm/runtime/suspension.hpp)
  std::shared_ptr<void> suspended; // the suspended call, if any

  std::shared_ptr<Tracer> tracer; // of Config::trace; made when the first instruction runs

  std::optional<Error> error; // why the running call fails; take_error removes it

  // Owned by the store. The objects do not move.
  struct InstanceDeleter {
    void operator()(ModuleInstance* instance) const;
  };
  std::vector<std::unique_ptr<ModuleInstance, InstanceDeleter>> instances;
  std::vector<std::unique_ptr<HostFuncInstance>> host_funcs;
  std::unordered_map<const HostFunc*, HostFuncInstance*>
      host_func_of; // one per definition: funcrefs have identity
  std::vector<std::unique_ptr<MemoryInstance>> memories;
  std::vector<std::unique_ptr<TableInstance>> tables;
  std::vector<std::unique_ptr<GlobalInstance>> globals; // made by the host; an instance has its own
  struct HostObject;
  std::vector<std::unique_ptr<HostObject>> host_objects; // externrefs
  RootList roots;                                        // what embedders refer to
  std::vector<TypeHold> types;                           // of tables and globals that the host made

  /// Takes bytes from the budget. Returns false if fewer are left.
  bool take_budget(uint64_t bytes) noexcept;
  void give_back_budget(uint64_t bytes) noexcept;

  /// Records why the call ends. Returns false, so that callers can `return store.fail(…)`.
  bool fail(Error why) noexcept;

  int64_t fuel_left() const noexcept { return fuel_budget + run.fuel; }
};

struct Store::HostObject : Object {
  HostObject(Store& in, std::any held)
      : Object(ObjectKind::host, id_mask), store(&in), value(std::move(held)) {}
  Store* store;
  std::any value;
};

/// Checks the interrupt flag and the deadline. Returns why the call must end, or none.
ErrorCode look(const Store& store) noexcept;
/// The same for frequent use: while the deadline is not near, it reads a clock that costs only a few
/// nanoseconds.
ErrorCode look_roughly(const Store& store) noexcept;
/// The same as an error, for loops of the host.
std::optional<Error> check_interrupt(const Store& store) noexcept;
/// A meter for the engine's own work in the store: checks the store's deadline and interrupt flag, and
/// charges its budget. Work since the last check carries over from one meter to the next.
WorkMeter work_meter(Store& store);

// Handlers call the next two, so no exception may leave them.
/// Grows by `pages` (spec §4.5.3.8). Returns the old size in pages, or -1 (limits, address space).
int64_t grow_memory(MemoryInstance& memory, uint64_t pages) noexcept;
/// Grows by `elements` (spec §4.5.3.7). Returns the old size in elements, or -1. With `stop`, it checks the
/// deadline and the interrupt flag after each piece; if the call must end, the table is unchanged and *stop
/// holds the reason.
int64_t grow_table(TableInstance& table, uint64_t elements, uint64_t init,
                   ErrorCode* stop = nullptr) noexcept;
/// Returns whether the limits allow this many more elements.
bool table_may_grow(const TableInstance& table, uint64_t elements) noexcept;

/// Allocates the value stack if there is none yet. Errors: limit.
Result<void> ensure_stack(Store& store);
/// Gives the value stack a new address (Config::move_stack). Returns by how many bytes it moved, or 0 if it
/// did not. Corrects run.frame and run.free; the caller must correct all other pointers into the stack.
ptrdiff_t move_stack(Store& store);
void release_stack(Store& store);

} // namespace skerry::vm
