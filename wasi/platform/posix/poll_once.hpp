// One call of poll.
#pragma once

#include <poll.h>

#include <chrono>
#include <span>

namespace skerry::wasi::platform {

/// Calls poll, or what the system has for timeouts in nanoseconds. Returns its result, and errno.
int poll_once(std::span<pollfd> files, std::chrono::nanoseconds timeout) noexcept;

} // namespace skerry::wasi::platform
