// Replaces open_beneath on systems with only POSIX, which cannot confine a path to a directory in one step.
#include "wasi/platform/open.hpp"

namespace skerry::wasi::platform {

bool can_open_beneath() noexcept { return false; }

std::optional<Expected<OwnedFd>> open_beneath(int, const std::string&, const OpenHow&, bool) noexcept {
  return std::nullopt;
}

} // namespace skerry::wasi::platform
