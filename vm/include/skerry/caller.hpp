// Caller: what a host function can see of who called it.
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

/// Valid only during the call it was given to.
class Caller {
public:
  /// Bytes of the memory that the caller exports as "memory", whatever its index; of its memory 0 (exported
  /// or not) when no memory has that name. Empty when it has none or when the host itself called. Valid until
  /// wasm runs again or the memory grows.
  std::span<std::byte> memory() const noexcept;
  /// The type of memory(); nothing when there is none.
  std::optional<MemoryType> memory_type() const noexcept;
  /// The bytes [address, address + length) of memory(). Errors: trap out_of_bounds_memory_access.
  Result<std::span<std::byte>> memory(uint64_t address, uint64_t length) const;
  /// The calling instance; null when the host called.
  Instance instance() const noexcept;
  /// Takes `instructions` off the store's fuel. Errors: out_of_fuel; a SuspendableCall then stops instead.
  Result<void> consume_fuel(uint64_t instructions);
  /// As Store::fuel_used, the instructions before this call included.
  uint64_t fuel_used() const noexcept;
  /// Errors: exhaustion deadline_exceeded or interrupted, when it is time to stop; for host loops and waits.
  Result<void> check_interrupt() const;
  Store::Clock::time_point deadline() const noexcept;
  void* user_data() const noexcept; ///< Store::set_user_data
  /// For a host function that has to wait: `return caller.not_ready();`, at once, and without having changed
  /// anything of the guest. A SuspendableCall then stops and calls the function again, with the same
  /// arguments, when it is resumed; for other calls this is an error of kind host.
  std::unexpected<Error> not_ready();
  /// Records why the call must end; returns false, so that a NativeHostFunc can `return caller.fail(…)`.
  bool fail(Error why);

  Caller(vm::Store* store, vm::ModuleInstance* instance) noexcept : store_(store), instance_(instance) {}
  vm::Store* store_data() const noexcept { return store_; }

private:
  vm::Store* store_;
  vm::ModuleInstance* instance_;
};

/// How the engine calls a host function: arguments in `slots` (v128 takes two, i32 and f32 are zero-extended
/// to 64 bits), results written to its start. Returns false after caller.fail(…): that ends the running call.
/// Must not throw, but for what the C++ library throws when memory runs out (std::bad_alloc,
/// std::length_error): the call then ends with Error::out_of_memory. Linker::define makes these from any
/// callable.
using NativeHostFunc = bool (*)(void* context, Caller& caller, uint64_t* slots);

} // namespace skerry
