// Caller: the view that a host function has of the instance that called it.
#pragma once

#include "skerry/error.hpp"
#include "skerry/instance.hpp"
#include "skerry/store.hpp"
#include "skerry/types.hpp"

#include <cstddef>
#include <expected>
#include <optional>
#include <span>

namespace skerry {

/// The context of one call of a host function. Valid only during that call, on the thread that runs it.
class Caller {
public:
  /// The bytes of the memory that the calling instance exports as "memory", whatever its index. If no memory
  /// has that name, the bytes of its memory 0, exported or not. Empty if the instance has no memory or the
  /// embedder made the call. Valid until wasm runs again or the memory grows.
  std::span<std::byte> memory() const noexcept;
  /// The declared type of memory(); empty if there is no memory.
  std::optional<MemoryType> memory_type() const noexcept;
  /// The bytes [address, address + length) of memory(). Valid as long as memory(). Errors: trap
  /// out_of_bounds_memory_access.
  Result<std::span<std::byte>> memory(uint64_t address, uint64_t length) const;
  /// The calling instance; an empty handle if the embedder made the call.
  Instance instance() const noexcept;
  /// Takes `instructions` off the store's fuel. Errors: out_of_fuel. In a SuspendableCall it succeeds
  /// instead: the call goes into debt, and stops after the host function has returned.
  Result<void> consume_fuel(uint64_t instructions);
  /// Store::fuel_used, including the instructions that ran before this call.
  uint64_t fuel_used() const noexcept;
  /// Checks the interrupt flag and the deadline. Call it in loops and while waiting. Errors: exhaustion
  /// (deadline_exceeded, interrupted), which the host function must return.
  Result<void> check_interrupt() const;
  /// The store's deadline; time_point::max() if there is none.
  Store::Clock::time_point deadline() const noexcept;
  void* user_data() const noexcept; ///< the pointer given to Store::set_user_data
  /// The error to return when a host function has to wait: `return caller.not_ready();`. Return it at once,
  /// before changing any state of the guest. A SuspendableCall then stops, and calls the function again with
  /// the same arguments when it is resumed. Any other call fails with this error, of kind host.
  std::unexpected<Error> not_ready();
  /// Records why the call must end. Returns false, so that a NativeHostFunc can `return caller.fail(…)`.
  bool fail(Error why);

  /// For internal use.
  Caller(vm::Store* store, vm::ModuleInstance* instance) noexcept : store_(store), instance_(instance) {}
  vm::Store* store_data() const noexcept { return store_; }

private:
  vm::Store* store_;
  vm::ModuleInstance* instance_;
};

/// The signature with which the engine calls a host function. `slots` holds the arguments (v128 takes two
/// slots; i32 and f32 are zero-extended to 64 bits), and the function writes its results to the start of
/// `slots`. It returns false after caller.fail(…), which ends the running call. It must not throw, except
/// std::bad_alloc and std::length_error, which the C++ library throws when memory runs out: the call then
/// ends with Error::out_of_memory. Linker::define makes these functions from any callable.
using NativeHostFunc = bool (*)(void* context, Caller& caller, uint64_t* slots);

} // namespace skerry
