// Passes what guests print and log to the embedder's functions or to the process's standard error. Writing to
// standard error never waits beyond the deadline of the guest's call. Internal.
#pragma once

#include "skerry/host/plugin_output.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

namespace skerry::host {

using GuestDeadline = std::chrono::steady_clock::time_point;

/// Pass output or one log line of a guest to the embedder's function `to`. If `to` is empty, these
/// functions write to standard error, and text that cannot be written before `deadline` is lost.
void pass_output(const GuestOutput& to, std::string_view plugin, std::span<const std::byte> bytes,
                 GuestDeadline deadline);
void pass_log_line(const GuestLog& to, std::string_view plugin, LogLevel level, std::string_view text,
                   GuestDeadline deadline);

} // namespace skerry::host
