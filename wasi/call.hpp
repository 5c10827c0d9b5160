// Call: everything that one call of a WASI function sees. No engine in it, so tests call the functions
// directly.
#pragma once

#include "skerry/error.hpp"
#include "wasi/guest_memory.hpp"
#include "wasi/state.hpp"
#include "wasi/types.hpp"

#include <chrono>
#include <optional>

namespace skerry::wasi {

/// Who may end the call early. The default lets it run forever and for free.
struct Watch {
  using Clock = std::chrono::steady_clock;
  void* self = nullptr;
  Result<void> (*check)(void* self) = [](void*) -> Result<void> { return {}; };
  Result<void> (*charge)(void* self, uint64_t instructions) = [](void*, uint64_t) -> Result<void> {
    return {};
  };
  /// Instructions executed so far.
  uint64_t (*fuel_used)(void* self) = [](void*) -> uint64_t { return 0; };
  Clock::time_point deadline = Clock::time_point::max();
};

struct Call {
  State& state;
  GuestMemory memory;
  Snapshot snapshot = Snapshot::preview1;
  Watch watch = {};
  /// Set when the program must not go on: it exited, or its time or fuel is over. Then the returned errno
  /// never reaches it.
  std::optional<Error> stop = {};

  FdTable& fds() { return state.fds; }
  const Limits& limits() const { return state.config.limits; }
  /// Looks at deadline and interrupts; true when it is time to return, with any errno.
  bool must_stop();
  /// Takes fuel for `bytes` moved; true when there is not enough and it is time to return.
  bool charge_bytes(uint64_t bytes);
};

} // namespace skerry::wasi
