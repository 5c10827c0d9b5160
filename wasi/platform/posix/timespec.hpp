// Converts times between POSIX (timespec) and WASI (nanoseconds).
#pragma once

#include <time.h>

#include <cstdint>

namespace skerry::wasi::platform {

/// Times before 1970 become 0, because the result is unsigned.
inline uint64_t to_nanoseconds(const timespec& time) {
  if (time.tv_sec < 0) return 0;
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

inline timespec to_timespec(uint64_t nanoseconds) {
  constexpr uint64_t second = 1'000'000'000;
  return {static_cast<time_t>(nanoseconds / second), static_cast<long>(nanoseconds % second)};
}

} // namespace skerry::wasi::platform
