// Waiting for descriptors and moments without outlasting the call's deadline or an interrupt.
#pragma once

#include "wasi/call.hpp"

#include <poll.h>

#include <chrono>
#include <span>

namespace skerry::wasi {

/// Waits until one of `fds` is ready, `timeout` is over, the deadline passes or an interrupt arrives; sleeps
/// when there are none. Returns how many are ready. Errors: intr with call.meter.stop set; else what poll
/// reports.
Expected<int> wait_any(Call& call, std::span<pollfd> fds, std::chrono::nanoseconds timeout);

/// Waits, without end of its own, until `fd` is ready for `events`. Errors: as wait_any.
Errno wait_for(Call& call, int fd, short events);

/// Whether `fd` is ready for `events` now. Errors are reported as ready: the next system call will tell.
bool is_ready(int fd, short events);

} // namespace skerry::wasi
