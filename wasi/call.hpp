// Call: everything that one call of a WASI function can use. A Call can be made without a running engine, so
// that tests can call the WASI functions directly.
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
  /// meter.stop is set if the program must stop: because it exited or was interrupted, or because its time
  /// or fuel is used up. The program then never sees the errno that the WASI function returns.
  HostMeter meter = HostMeter();

  FdTable& fds() { return state.fds; }
  const Limits& limits() const { return state.config.limits; }
};

} // namespace skerry::wasi
