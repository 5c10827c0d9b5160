// Converts times between POSIX (timespec) and WASI (nanoseconds).
#pragma once

#include <time.h>

#include <cstdint>
#include <limits>

namespace skerry::wasi::platform {

inline constexpr uint64_t second = 1'000'000'000; // in nanoseconds

/// Times before 1970 become 0, because the result is unsigned. Times after its limit, which is in July 2554,
/// become the limit.
inline uint64_t to_nanoseconds(const timespec& time) {
  constexpr uint64_t last = std::numeric_limits<uint64_t>::max();
  if (time.tv_sec < 0) return 0;
  const auto seconds = static_cast<uint64_t>(time.tv_sec), rest = static_cast<uint64_t>(time.tv_nsec);
  if (seconds > last / second || (seconds == last / second && rest > last % second)) return last;
  return seconds * second + rest;
}

inline timespec to_timespec(uint64_t nanoseconds) {
  return {static_cast<time_t>(nanoseconds / second), static_cast<long>(nanoseconds % second)};
}

} // namespace skerry::wasi::platform
