// Adapts WASI functions to the engine's host functions: reads the parameters from the engine's slots, makes a
// Call from the Caller, and writes the errno to the first slot.
#pragma once

#include "skerry/caller.hpp"
#include "skerry/host_meter.hpp"
#include "skerry/types.hpp"
#include "wasi/call.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
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
  static constexpr bool has_wide = (... || (sizeof(Params) == 8));
  /// The type in which each i64 is split into two i32, the low half first.
  static FuncType split_type(bool has_result) {
    FuncType made;
    made.params.reserve(2 * sizeof...(Params));
    for (const ValType one : std::initializer_list<ValType>{value_type<Params>...})
      made.params.insert(made.params.end(), one == i64 ? 2 : 1, i32);
    if (has_result) made.results = {i32};
    return made;
  }
  /// Joins the arguments of split_type.
  static auto join(std::span<const uint64_t> slots) {
    std::array<uint64_t, sizeof...(Params)> joined{};
    size_t at = 0, to = 0;
    for (const bool wide : std::initializer_list<bool>{sizeof(Params) == 8 ...}) {
      joined[to] = static_cast<uint32_t>(slots[at++]);
      if (wide) joined[to] |= slots[at++] << 32;
      ++to;
    }
    return joined;
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

/// Like invoke, for the signature in which each i64 is passed as two i32 (Signature::split_type).
template <auto function>
Result<void> invoke_split(State& state, Snapshot snapshot, Caller& caller, std::span<uint64_t> slots) {
  auto joined = Signature<decltype(function)>::join(slots);
  auto done = invoke<function>(state, snapshot, caller, joined);
  slots[0] = joined[0];
  return done;
}

} // namespace skerry::wasi
