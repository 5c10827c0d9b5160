// A call that stopped in the middle: what the interpreter needs to go on, besides the value stack.
#pragma once

#include "vm/code/handler.hpp"
#include "vm/runtime/store.hpp"

#include <cstdint>

namespace skerry::vm {

/// Store::suspended points to one.
struct Suspension {
  bool by_host = false;  // a host function was not ready; the instruction that calls it runs again
  bool is_saved = false; // what follows is set; false while it is only asked for
  int64_t fuel = 0;      // that the call had left when it stopped, less than it needs, or owes: below zero
  ModuleInstance* instance = nullptr;
  const std::byte* pc = nullptr;
  uint64_t* frame = nullptr;
  uint64_t integers[3] = {}; // machine registers of the dispatch by tail calls
  Vector vectors[2] = {};
};

/// Of a store; null when no call is suspended, and none asks to be.
inline Suspension* suspension_of(const Store& store) {
  return static_cast<Suspension*>(store.suspended.get());
}

} // namespace skerry::vm
