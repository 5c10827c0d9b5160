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

/// The value stack, which holds the frames of wasm functions. Frames refer to each other by distance instead
/// of by address, so that the stack can move.
struct ValueStack {
  std::byte* base = nullptr;
  uint64_t bytes = 0;
  /// Bytes after limit() that can be written without a check. They hold links (return information), bridges
  /// (for calls into other instances) and the arguments of host calls.
  static constexpr uint64_t red_zone_bytes = 16'384;
  std::byte* limit() const { return base + bytes - red_zone_bytes; }
};

/// The state of the call that is running. Handlers keep this state in registers. They save it here when they
/// call a host function, when they trap, and when the slice of fuel is used up (Config::fuel_slice).
struct RunState {
  const std::byte* pc = nullptr;      // the instruction that is running
  uint64_t* frame = nullptr;          // the frame of the running function
  ModuleInstance* instance = nullptr; // the instance that owns the code at pc; null if no wasm is running
  uint64_t* free = nullptr;           // the first unused slot of the value stack
  int64_t fuel = 0;                   // the rest of the slice of fuel
  uint64_t detail = 0;                // for a trap: the index of the uninitialized element, or the address of
                                      // the access
};

struct Tracer;

/// The embedder's object, and the address that stands for its type; null if the embedder gave no type.
struct UserData {
  void* object = nullptr;
  const void* type = nullptr;
  void* of_type(const void* asked) const noexcept { return type == asked ? object : nullptr; }
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
  uint32_t host_depth = 0; // active runs of the interpreter; a host function can start a nested run

  // The store's fuel without the slice that the running call has taken (Config::fuel_slice). The rest of that
  // slice is in a register, or in run.fuel during host calls.
  int64_t fuel_budget = static_cast<int64_t>(skerry::Store::unlimited_fuel);
  uint64_t fuel_given = skerry::Store::unlimited_fuel; // the sum of all fuel that was ever given, modulo 2^64

  skerry::Store::Clock::time_point deadline = skerry::Store::Clock::time_point::max();
  std::shared_ptr<std::atomic<bool>> interrupt_flag;

  UserData user_data;
  std::shared_ptr<ByteBudget> budget; // shared with other stores; may be null
  uint64_t budget_taken = 0;          // bytes that this store has taken from the budget
  uint32_t unseen_work = 0;           // units of work since the last check (vm/module/work_meter.hpp)

  bool may_suspend = false;        // the running call may be suspended and resumed
                                   // (vm/runtime/suspension.hpp)
  std::shared_ptr<void> suspended; // the Suspension of the suspended call; null if there is none

  std::shared_ptr<Tracer> tracer; // for Config::trace; made when the first instruction runs

  std::optional<Error> error; // why the running call fails; take_error removes it

  // Objects that the store owns. They do not move.
  struct InstanceDeleter {
    void operator()(ModuleInstance* instance) const;
  };
  std::vector<std::unique_ptr<ModuleInstance, InstanceDeleter>> instances;
  std::vector<std::unique_ptr<HostFuncInstance>> host_funcs;
  std::unordered_map<const HostFunc*, HostFuncInstance*>
      host_func_of; // one instance for each HostFunc, so that all funcrefs to it are equal
  std::vector<std::unique_ptr<MemoryInstance>> memories;
  std::vector<std::unique_ptr<TableInstance>> tables;
  std::vector<std::unique_ptr<GlobalInstance>> globals; // made by the embedder; the globals of an instance
                                                        // are in its block
  struct HostObject;
  std::vector<std::unique_ptr<HostObject>> host_objects; // host values of externrefs
  RootList roots;                                        // the references that embedders hold
  std::vector<TypeHold> types;                           // the types of tables and globals that the embedder
                                                         // made

  /// Takes bytes from the budget and counts them. Returns false if the budget has fewer bytes left.
  bool take_budget(uint64_t bytes) noexcept;
  void give_back_budget(uint64_t bytes) noexcept;

  /// Records the error with which the call ends. Returns false, so that callers can write `return
  /// store.fail(…)`.
  bool fail(Error why) noexcept;

  int64_t fuel_left() const noexcept { return fuel_budget + run.fuel; }
};

struct Store::HostObject : Object {
  HostObject(Store& in, std::any held)
      : Object(ObjectKind::host, id_mask), store(&in), value(std::move(held)) {}
  Store* store;
  std::any value;
};

/// Checks the interrupt flag and the deadline. Returns the code of the error with which the call must end, or
/// none.
ErrorCode look(const Store& store) noexcept;
/// Like look, for frequent use. If the deadline is not near, reads a less exact clock, which takes only a few
/// nanoseconds.
ErrorCode look_roughly(const Store& store) noexcept;
/// Like look, but returns an Error. For loops of host functions.
std::optional<Error> check_interrupt(const Store& store) noexcept;
/// A meter for work that the engine does for the store. The meter checks the store's deadline and interrupt
/// flag, and charges the store's budget. Work since the last check is counted in the store, so the next meter
/// continues the count.
WorkMeter work_meter(Store& store);

// Handlers call grow_memory and grow_table, so no exception may leave these functions.
/// Grows the memory by `pages` (spec §4.7.1.8). Returns the previous size in pages, or -1 if a limit or the
/// system refuses.
int64_t grow_memory(MemoryInstance& memory, uint64_t pages) noexcept;
/// Grows the table by `elements` elements, each `init` (spec §4.7.1.9). Returns the previous size in
/// elements, or -1. If `stop` is not null, the deadline and the interrupt flag are checked after each piece
/// of the work. If the call must then end, the table stays as it was and *stop holds the reason.
int64_t grow_table(TableInstance& table, uint64_t elements, uint64_t init,
                   ErrorCode* stop = nullptr) noexcept;
/// Returns whether the limits of the table and of the store allow `elements` more.
bool table_may_grow(const TableInstance& table, uint64_t elements) noexcept;

/// Allocates the value stack unless it exists. Errors: limit.
Result<void> ensure_stack(Store& store);
/// Moves the value stack to a new address (Config::move_stack). Returns the distance of the move in bytes, or
/// 0 if the stack did not move. Corrects run.frame and run.free; the caller must correct all other pointers
/// into the stack.
ptrdiff_t move_stack(Store& store);
void release_stack(Store& store);

} // namespace skerry::vm
