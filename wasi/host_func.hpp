// From how the engine calls a host function to how WASI functions are written: slots to parameters, Caller to
// Call, errno to slots.
#pragma once

#include "skerry/caller.hpp"
#include "skerry/types.hpp"
#include "wasi/call.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace skerry::wasi {

template <class T> constexpr ValType value_type = sizeof(T) == 8 ? i64 : i32;

template <class F> struct Signature;

/// The wasm type of a function follows from its C++ type.
template <class... Params> struct Signature<Errno (*)(Call&, Params...)> {
  static FuncType type(bool has_result) {
    FuncType made{{value_type<Params>...}, {}};
    if (has_result) made.results = {i32};
    return made;
  }
  static Errno apply(Errno (*function)(Call&, Params...), Call& call, std::span<const uint64_t> slots) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return function(call, static_cast<Params>(slots[I])...);
    }(std::index_sequence_for<Params...>());
  }
};

inline Watch watch(Caller& caller) {
  return {&caller, [](void* self) { return static_cast<Caller*>(self)->check_interrupt(); },
          [](void* self, uint64_t instructions) {
            return static_cast<Caller*>(self)->consume_fuel(instructions);
          },
          [](void* self) { return static_cast<Caller*>(self)->fuel_used(); }, caller.deadline()};
}

/// Calls `function` with the arguments in `slots`, and stores its errno there.
template <auto function>
Result<void> invoke(State& state, Snapshot snapshot, Caller& caller, std::span<uint64_t> slots) {
  Call call{state, GuestMemory(caller.memory()), snapshot, watch(caller)};
  const Errno error = Signature<decltype(function)>::apply(function, call, slots);
  if (call.stop) return fail(std::move(*call.stop));
  if (!slots.empty()) slots[0] = static_cast<uint16_t>(error);
  return {};
}

} // namespace skerry::wasi
