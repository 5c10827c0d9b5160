// Polls files with ppoll, whose timeout is in nanoseconds.
#include "wasi/platform/posix/poll_once.hpp"

namespace skerry::wasi::platform {

int poll_once(std::span<pollfd> files, std::chrono::nanoseconds timeout) noexcept {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(timeout);
  const timespec limit{static_cast<time_t>(seconds.count()), static_cast<long>((timeout - seconds).count())};
  return ::ppoll(files.data(), files.size(), &limit, nullptr);
}

} // namespace skerry::wasi::platform
