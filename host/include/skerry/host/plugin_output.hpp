// Callbacks with which an embedder receives what plugins print and log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace skerry::host {

/// Receives the bytes that a plugin prints. Runs on the thread that calls the plugin. Must be thread-safe,
/// because several plugins and instances may print at the same time. An exception ends the plugin's call with
/// code "callback". docs/plugins.md says which functions of the manager it may call.
using GuestOutput = std::function<void(std::string_view plugin, std::span<const std::byte> bytes)>;

/// Levels of the host function `log`, in ascending order of severity, and `output`.
enum class LogLevel : uint8_t {
  trace,
  debug,
  info,
  warn,
  error,
  output, ///< not a level: a line that the plugin printed, if there is no GuestOutput
};
/// Returns "trace", "debug", "info", "warn", "error" or "output". Thread-safe.
std::string_view log_level_name(LogLevel level) noexcept;

/// Receives a line that a plugin passed to the host function `log`, without the newline; one call for each
/// line. The text is unescaped, so use skerry/printable.hpp before you print it. Runs on the thread that
/// calls the plugin. Must be thread-safe, because several plugins and instances may log at the same time. An
/// exception ends the plugin's call with code "callback".
using GuestLog = std::function<void(std::string_view plugin, LogLevel level, std::string_view text)>;

} // namespace skerry::host
