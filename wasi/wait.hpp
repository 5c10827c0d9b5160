// Waits for descriptors and moments. A wait ends at the call's deadline and on an interrupt.
#pragma once

#include "wasi/call.hpp"

#include <poll.h>

#include <chrono>
#include <span>

namespace skerry::wasi {

/// Waits until one of `fds` is ready, `timeout` is over, the deadline passes or an interrupt arrives; without
/// `fds` it sleeps. Returns how many are ready. Errors: intr with call.meter.stop set; otherwise those of
/// poll.
Expected<int> wait_any(Call& call, std::span<pollfd> fds, std::chrono::nanoseconds timeout);

/// Waits without a timeout until `fd` is ready for `events`. Errors: those of wait_any.
Errno wait_for(Call& call, int fd, short events);

/// True if `fd` is ready for `events` now. An error counts as ready: the next system call reports it.
bool is_ready(int fd, short events);

} // namespace skerry::wasi
