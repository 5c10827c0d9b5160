// Caller: the view that a host function has of the instance that called it.
#pragma once

#include "skerry/error.hpp"
#include "skerry/guest_bytes.hpp"
#include "skerry/instance.hpp"
#include "skerry/store.hpp"
#include "skerry/types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace skerry {

/// The context of one call of a host function. Valid only during that call, on the thread that runs it.
class Caller {
public:
  /// The bytes of the memory that the calling instance exports as "memory", whatever its index. If no memory
  /// has that name, the bytes of its memory 0, exported or not. Empty if the instance has no memory or the
  /// embedder made the call. Valid until wasm runs again or the memory grows.
  std::span<std::byte> memory() const noexcept;
  /// The type of memory(), with the current size as its minimum (as Memory::type); empty if there is no
  /// memory.
  std::optional<MemoryType> memory_type() const noexcept;
  /// The bytes [address, address + length) of memory(). Valid as long as memory(). Errors: trap
  /// out_of_bounds_memory_access.
  Result<std::span<std::byte>> memory(uint64_t address, uint64_t length) const;
  /// Memory::read, write, read_string and write_bytes on memory(). Errors: trap out_of_bounds_memory_access.
  template <GuestValue T> Result<T> read(uint64_t address) const;
  template <GuestValue T> Result<void> write(uint64_t address, const T& value) const;
  Result<std::string> read_string(uint64_t address, uint64_t length) const;
  Result<void> write_bytes(uint64_t address, std::span<const std::byte> source) const;
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
  /// Store::to_ref and Store::to_slot, for functions that work on slots.
  Result<Ref> to_ref(uint64_t slot) const noexcept;
  Result<uint64_t> to_slot(const Ref& ref) const noexcept;
  /// The error to return when a host function has to wait: `return caller.not_ready();`. Return it at once,
  /// before changing any state of the guest. A SuspendableCall then stops, and calls the function again with
  /// the same arguments when it is resumed. Any other call fails with this error, of kind host.
  Unexpected<Error> not_ready();
  /// Records why the call must end. Returns false, so that a NativeHostFunc can `return caller.fail(…)`.
  bool fail(Error why);

  /// For internal use.
  Caller(vm::Store* store, vm::ModuleInstance* instance) noexcept : store_(store), instance_(instance) {}
  vm::Store* store_data() const noexcept { return store_; }

private:
  vm::Store* store_;
  vm::ModuleInstance* instance_;
};

template <GuestValue T> Result<T> Caller::read(uint64_t address) const {
  auto at = memory(address, sizeof(T));
  if (!at) return skerry::fail(std::move(at.error()));
  return detail::read_bytes<T>(*at);
}

template <GuestValue T> Result<void> Caller::write(uint64_t address, const T& value) const {
  auto at = memory(address, sizeof(T));
  if (!at) return skerry::fail(std::move(at.error()));
  detail::write_bytes(*at, value);
  return {};
}

} // namespace skerry

#include "skerry/host_func.hpp" // Func::create for callables
