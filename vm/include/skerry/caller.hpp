// Caller: gives a host function access to the instance that called it.
#pragma once

#include "skerry/byte_view.hpp"
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
#include <string_view>
#include <utility>

namespace skerry {

/// The context of one call of a host function. Valid only during that call, on the thread that runs it.
class Caller {
public:
  /// The bytes of the calling instance's memory. This is the memory that the instance exports as "memory", or
  /// else its memory 0, even if memory 0 is not exported. Empty if the instance has no memory, or if the
  /// embedder calls the host function directly. The span is valid until wasm runs again or the memory grows.
  std::span<std::byte> memory() const noexcept;
  /// The type of the memory that memory() returns, with its current size as the minimum, as in Memory::type.
  /// Empty if there is no memory.
  std::optional<MemoryType> memory_type() const noexcept;
  /// The bytes [address, address + length) of memory(). The span is valid until wasm runs again or the memory
  /// grows. Errors: trap out_of_bounds_memory_access.
  Result<std::span<std::byte>> memory(uint64_t address, uint64_t length) const;
  /// Like the functions of Memory with the same names, for the memory that memory() returns. Errors: trap
  /// out_of_bounds_memory_access.
  template <GuestValue T> Result<T> read(uint64_t address) const;
  template <GuestValue T> Result<void> write(uint64_t address, const T& value) const;
  Result<std::string> read_string(uint64_t address, uint64_t length) const;
  Result<void> write_bytes(uint64_t address, ByteView source) const;
  template <GuestElement E> Result<std::span<E>> span(uint64_t address, uint64_t count) const;
  /// The calling instance; an empty handle if the embedder made the call.
  Instance instance() const noexcept;
  /// The calling instance's export with this name. Empty if there is no such export, if it is a tag, or if
  /// the embedder made the call.
  std::optional<Extern> get_export(std::string_view name) const;
  /// Takes `instructions` off the store's fuel. Errors: out_of_fuel. In a SuspendableCall this function
  /// succeeds even if less fuel is left: the store's fuel becomes negative, and the call stops after the host
  /// function has returned.
  Result<void> consume_fuel(uint64_t instructions);
  /// Like Store::fuel_used. The count includes the instructions that wasm executed before it called the host
  /// function.
  uint64_t fuel_used() const noexcept;
  /// Checks the interrupt flag and the deadline. Call this function in loops and while waiting. Errors:
  /// exhaustion (deadline_exceeded, interrupted); the host function must return this error.
  Result<void> check_interrupt() const;
  /// The store's deadline; time_point::max() if there is none.
  Store::Clock::time_point deadline() const noexcept;
  /// The store's user data: see the functions of Store with the same name.
  void* user_data() const noexcept;
  template <class T> T* user_data() const noexcept {
    return static_cast<T*>(user_data_of_type(detail::type_id<T>()));
  }
  /// Like Store::to_ref and Store::to_slot. For host functions that take raw slots.
  Result<Ref> to_ref(uint64_t slot) const noexcept;
  Result<uint64_t> to_slot(const Ref& ref) const noexcept;
  /// The error to return when a host function has to wait: `return caller.not_ready();`. Return the error at
  /// once, before the host function changes any state of the guest. A SuspendableCall then stops. When the
  /// SuspendableCall is resumed, it calls the host function again with the same arguments. A call that cannot
  /// be suspended fails with this error, whose kind is host.
  Unexpected<Error> not_ready();
  /// Records the error with which the running call must end. Returns false, so that a NativeHostFunc can
  /// write `return caller.fail(…)`.
  bool fail(Error why);

  /// For internal use.
  Caller(vm::Store* store, vm::ModuleInstance* instance) noexcept : store_(store), instance_(instance) {}
  vm::Store* store_data() const noexcept { return store_; }

private:
  void* user_data_of_type(const void* type) const noexcept;

  vm::Store* store_;
  vm::ModuleInstance* instance_;
};

template <GuestValue T> Result<T> Caller::read(uint64_t address) const {
  auto at = memory(address, sizeof(T));
  if (!at) return skerry::fail(std::move(at.error()));
  return detail::read_bytes<T>(*at);
}

template <GuestElement E> Result<std::span<E>> Caller::span(uint64_t address, uint64_t count) const {
  return detail::elements_of<E>(count, [&](uint64_t length) { return memory(address, length); });
}

template <GuestValue T> Result<void> Caller::write(uint64_t address, const T& value) const {
  auto at = memory(address, sizeof(T));
  if (!at) return skerry::fail(std::move(at.error()));
  detail::write_bytes(*at, value);
  return {};
}

} // namespace skerry

#include "skerry/host_func.hpp" // Func::create for callables
