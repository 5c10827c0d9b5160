// CLOCK_MONOTONIC_COARSE.
#include "vm/platform/coarse_clock.hpp"

#include <time.h>

namespace skerry::platform {

std::optional<std::chrono::steady_clock::time_point> coarse_now() noexcept {
  timespec now{};
  if (::clock_gettime(CLOCK_MONOTONIC_COARSE, &now) != 0) return std::nullopt;
  return std::chrono::steady_clock::time_point(std::chrono::seconds(now.tv_sec) +
                                               std::chrono::nanoseconds(now.tv_nsec));
}

} // namespace skerry::platform
