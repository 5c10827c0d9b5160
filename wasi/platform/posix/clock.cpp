// Reads the system's clocks with clock_gettime.
#include "wasi/platform/clock.hpp"

#include "wasi/platform/posix/os_errno.hpp"
#include "wasi/platform/posix/timespec.hpp"

#include <algorithm>

namespace skerry::wasi::platform {

namespace {
constexpr clockid_t system_clock[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_THREAD_CPUTIME_ID};
}

Expected<uint64_t> time_of(Clock clock) noexcept {
  timespec now{};
  if (::clock_gettime(system_clock[static_cast<size_t>(clock)], &now) != 0) return refuse(last_os_errno());
  return to_nanoseconds(now);
}

Expected<uint64_t> resolution_of(Clock clock) noexcept {
  timespec step{};
  if (::clock_getres(system_clock[static_cast<size_t>(clock)], &step) != 0) return refuse(last_os_errno());
  return std::max<uint64_t>(1, to_nanoseconds(step));
}

} // namespace skerry::wasi::platform
