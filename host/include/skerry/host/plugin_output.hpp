// Callbacks with which an embedder receives what plugins print and log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace skerry::host {

/// Receives the bytes that a plugin prints, on the thread that calls the plugin. Must not call back into the
/// plugin. Plugins print concurrently, so it must be thread-safe.
using GuestOutput = std::function<void(std::string_view plugin, std::span<const std::byte> bytes)>;

/// Levels of the guest's `log`, in ascending order.
enum class LogLevel : uint8_t { trace, debug, info, warn, error };
/// Returns "trace", "debug", "info", "warn" or "error". Thread-safe.
std::string_view log_level_name(LogLevel level) noexcept;

/// Receives each line that a plugin passes to `log`, unescaped (see skerry/printable.hpp), in one call per
/// line. Runs on the thread that calls the plugin and must not call back into it. Plugins log concurrently,
/// so it must be thread-safe.
using GuestLog = std::function<void(std::string_view plugin, LogLevel level, std::string_view text)>;

} // namespace skerry::host
