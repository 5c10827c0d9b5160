// A clock that costs less to read than std::chrono::steady_clock.
#pragma once

#include <chrono>
#include <optional>

namespace skerry::platform {

/// Returns the time that std::chrono::steady_clock had at the last tick of the system, which is at most 10 ms
/// ago. Returns nothing if the system has no such clock.
std::optional<std::chrono::steady_clock::time_point> coarse_now() noexcept;

} // namespace skerry::platform
