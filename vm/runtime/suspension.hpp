// A suspended call: the state that the interpreter needs to resume it, besides the value stack.
#pragma once

#include "vm/code/handler.hpp"
#include "vm/runtime/store.hpp"

#include <cstdint>

namespace skerry::vm {

/// Store::suspended points to one.
struct Suspension {
  bool by_host = false;  // a host function was not ready; the instruction that calls it runs again
  bool is_saved = false; // the members below are set; false while the suspension is only requested
  int64_t fuel = 0;      // left when the call stopped: less than it needs, or negative for a debt
  ModuleInstance* instance = nullptr;
  const std::byte* pc = nullptr;
  uint64_t* frame = nullptr;
  uint64_t integers[3] = {}; // machine registers of the tail-call dispatch
  Vector vectors[2] = {};
};

/// The store's suspension; null if no call is suspended or asks to be.
inline Suspension* suspension_of(const Store& store) {
  return static_cast<Suspension*>(store.suspended.get());
}

} // namespace skerry::vm
