// Where what guests print and log goes: to the embedder's functions, or to the process's standard error,
// where it waits no longer than the guest's call may take. Internal.
#pragma once

#include "skerry/host/plugin_output.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

namespace skerry::host {

using GuestDeadline = std::chrono::steady_clock::time_point;

/// `to` may be empty: standard error then, and what cannot be written until `deadline` is lost.
void pass_output(const GuestOutput& to, std::string_view plugin, std::span<const std::byte> bytes,
                 GuestDeadline deadline);
void pass_log_line(const GuestLog& to, std::string_view plugin, LogLevel level, std::string_view text,
                   GuestDeadline deadline);

} // namespace skerry::host
