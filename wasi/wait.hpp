// Waits for descriptors and points in time. A wait ends at the call's deadline and on an interrupt.
#pragma once

#include "wasi/call.hpp"

#include <poll.h>

#include <chrono>
#include <span>

namespace skerry::wasi {

/// Waits until one of `fds` is ready, `timeout` is over, the deadline passes or an interrupt arrives. `fds`
/// may be empty. Returns how many of `fds` are ready; 0 after the timeout. Errors: intr with call.meter.stop
/// set (deadline, interrupt); otherwise those of poll.
Expected<int> wait_any(Call& call, std::span<pollfd> fds, std::chrono::nanoseconds timeout);

/// Waits without a timeout until `fd` is ready for `events`. Errors: those of wait_any.
Errno wait_for(Call& call, int fd, short events);

/// Returns whether `fd` is ready for `events` now. A descriptor with an error counts as ready, because the
/// next system call reports the error.
bool is_ready(int fd, short events);

} // namespace skerry::wasi
