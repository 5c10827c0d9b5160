// Adapts WASI functions to the engine's host functions: reads the parameters from the engine's slots, makes a
// Call from the Caller, and writes the errno to the first slot.
#pragma once

#include "skerry/caller.hpp"
#include "skerry/host_meter.hpp"
#include "skerry/types.hpp"
#include "wasi/call.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace skerry::wasi {

template <class T> constexpr ValType value_type = sizeof(T) == 8 ? i64 : i32;

template <class F> struct Signature;

/// Derives the function type of a WASI function from its C++ type.
template <class... Params> struct Signature<Errno (*)(Call&, Params...)> {
  static FuncType type(bool has_result) {
    FuncType made{{value_type<Params>...}, {}};
    if (has_result) made.results = {i32};
    return made;
  }
  static Errno apply(Errno (*function)(Call&, Params...), Call& call, std::span<const uint64_t> slots) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return function(call, static_cast<Params>(slots[I])...);
    }(std::index_sequence_for<Params...>());
  }
};

/// Returns an error if WASI preview 1 cannot use a memory of this type, because the memory has 64-bit
/// addresses. An empty `type` stands for a caller without a memory, which is also an error.
std::optional<Error> memory_problem(const std::optional<MemoryType>& type);

/// Checks deadline and interrupt, calls `function` with the arguments in `slots`, and stores the errno in
/// slots[0].
template <auto function>
Result<void> invoke(State& state, Snapshot snapshot, Caller& caller, std::span<uint64_t> slots) {
  const auto type = caller.memory_type();
  const bool is_reachable = type && !type->limits.is_64;
  Call call{state, GuestMemory(is_reachable ? caller.memory() : std::span<std::byte>()), snapshot,
            HostMeter(caller)};
  if (call.meter.must_stop()) return fail(std::move(*call.meter.stop));
  const Errno error = Signature<decltype(function)>::apply(function, call, slots);
  if (call.meter.stop) return fail(std::move(*call.meter.stop));
  // Only a function that uses the memory returns `fault` if the memory cannot be reached. Other functions
  // work without a memory.
  if (error == Errno::fault && !is_reachable) return fail(std::move(*memory_problem(type)));
  if (!slots.empty()) slots[0] = static_cast<uint16_t>(error);
  return {};
}

} // namespace skerry::wasi
