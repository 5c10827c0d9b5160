// Callbacks with which an embedder receives what plugins print and log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace skerry::host {

/// Receives the bytes that a plugin prints. Runs on the thread that calls the plugin, and must not call the
/// plugin. Must be thread-safe, because several plugins and instances may print at the same time.
using GuestOutput = std::function<void(std::string_view plugin, std::span<const std::byte> bytes)>;

/// Levels of the host function `log`, in ascending order of severity.
enum class LogLevel : uint8_t { trace, debug, info, warn, error };
/// Returns "trace", "debug", "info", "warn" or "error". Thread-safe.
std::string_view log_level_name(LogLevel level) noexcept;

/// Receives a line that a plugin passed to the host function `log`, without the newline; one call for each
/// line. The text is unescaped, so use skerry/printable.hpp before you print it. Runs on the thread that
/// calls the plugin, and must not call the plugin. Must be thread-safe, because several plugins and instances
/// may log at the same time.
using GuestLog = std::function<void(std::string_view plugin, LogLevel level, std::string_view text)>;

} // namespace skerry::host
