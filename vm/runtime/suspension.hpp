// A suspended call: the state that the interpreter needs to resume it. The frames of the call stay on the
// value stack.
#pragma once

#include "vm/code/handler.hpp"
#include "vm/runtime/store.hpp"

#include <cstdint>

namespace skerry::vm {

/// Store::suspended points to an object of this type.
struct Suspension {
  bool by_host = false;  // a host function was not ready; the instruction that calls it will run again
  bool is_saved = false; // the call has stopped and the members below are set; false while the call is only
                         // asked to stop
  int64_t fuel = 0;      // after a stop for lack of fuel, what was left: too little to continue, or negative
  ModuleInstance* instance = nullptr;
  const std::byte* pc = nullptr;
  uint64_t* frame = nullptr;
  uint64_t integers[3] = {}; // these and `vectors` are the VM registers (vm/code/handler.hpp)
  Vector vectors[2] = {};
};

/// The store's suspension; null if no call is suspended or asked to stop.
inline Suspension* suspension_of(const Store& store) {
  return static_cast<Suspension*>(store.suspended.get());
}

} // namespace skerry::vm
