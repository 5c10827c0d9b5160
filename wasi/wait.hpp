// Waits for descriptors and points in time. A wait ends at the call's deadline and on an interrupt.
#pragma once

#include "wasi/call.hpp"
#include "wasi/platform/wait.hpp"

#include <chrono>
#include <span>

namespace skerry::wasi {

using platform::Direction;
using platform::Waiting;

/// Waits until one of `files` is ready, `timeout` is over, the deadline passes or an interrupt arrives.
/// `files` may be empty. Returns how many of `files` are ready; 0 after the timeout. Errors: intr with
/// call.meter.stop set (deadline, interrupt); otherwise those of the system.
Expected<size_t> wait_any(Call& call, std::span<Waiting> files, std::chrono::nanoseconds timeout);

/// Waits without a timeout until `fd` can be read or written. Errors: those of wait_any.
Errno wait_for(Call& call, int fd, Direction direction);

/// Returns whether `fd` can be read or written now. A descriptor with an error counts as ready, because the
/// next system call reports the error.
bool is_ready(int fd, Direction direction);

} // namespace skerry::wasi
