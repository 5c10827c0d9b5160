// The system's clocks.
#pragma once

#include "wasi/types.hpp"

#include <cstdint>

namespace skerry::wasi::platform {

enum class Clock : uint8_t {
  realtime,   ///< since 1970-01-01T00:00:00Z
  monotonic,  ///< since an arbitrary time; never goes back
  thread_cpu, ///< the processor time of the calling thread
};

/// Returns the time in nanoseconds. Errors: those of the system.
Expected<uint64_t> time_of(Clock clock) noexcept;
/// Returns the nanoseconds between two values of the clock. Errors: those of the system.
Expected<uint64_t> resolution_of(Clock clock) noexcept;

} // namespace skerry::wasi::platform
