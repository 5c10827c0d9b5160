// Polls files with poll. Its timeout is in milliseconds, so a wait may last up to a millisecond too long.
#include "wasi/platform/posix/poll_once.hpp"

#include <algorithm>
#include <climits>

namespace skerry::wasi::platform {

int poll_once(std::span<pollfd> files, std::chrono::nanoseconds timeout) noexcept {
  const int64_t milliseconds = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  return ::poll(files.data(), static_cast<nfds_t>(files.size()),
                static_cast<int>(std::min<int64_t>(milliseconds, INT_MAX)));
}

} // namespace skerry::wasi::platform
