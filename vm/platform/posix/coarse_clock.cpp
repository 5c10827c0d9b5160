// POSIX has no clock that shows the time of the last tick.
#include "vm/platform/coarse_clock.hpp"

namespace skerry::platform {

std::optional<std::chrono::steady_clock::time_point> coarse_now() noexcept { return std::nullopt; }

} // namespace skerry::platform
