// The limits of getrlimit.
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <optional>

namespace skerry::platform {

/// Returns the soft limit of the process for `resource` (RLIMIT_AS); empty if there is none.
inline std::optional<uint64_t> resource_limit(int resource) noexcept {
  rlimit limit{};
  if (::getrlimit(static_cast<decltype(RLIMIT_AS)>(resource), &limit) != 0) return std::nullopt;
  if (limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

} // namespace skerry::platform
