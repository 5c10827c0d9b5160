// Call: everything that one call of a WASI function sees. No engine in it, so tests call the functions
// directly.
#pragma once

#include "skerry/host_meter.hpp"
#include "wasi/guest_memory.hpp"
#include "wasi/prices.hpp"
#include "wasi/state.hpp"
#include "wasi/types.hpp"

namespace skerry::wasi {

using Watch = HostWatch;

struct Call {
  State& state;
  GuestMemory memory;
  Snapshot snapshot = Snapshot::preview1;
  /// Its `stop` is set when the program must not go on: it exited, or its time or fuel is over. Then the
  /// returned errno never reaches it.
  HostMeter meter = HostMeter();

  FdTable& fds() { return state.fds; }
  const Limits& limits() const { return state.config.limits; }
};

} // namespace skerry::wasi
