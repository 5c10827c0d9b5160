// Polls files with one system call.
#pragma once

#include <poll.h>

#include <chrono>
#include <span>

namespace skerry::wasi::platform {

/// Calls ppoll, whose timeout is in nanoseconds, or poll on systems without ppoll. Returns the result of
/// that call, and leaves its error in errno.
int poll_once(std::span<pollfd> files, std::chrono::nanoseconds timeout) noexcept;

} // namespace skerry::wasi::platform
