// Where an embedder receives what plugins print and log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace skerry::host {

/// Receives what a plugin prints, on the thread that calls it. Must not call back into the plugin.
using GuestOutput = std::function<void(std::string_view plugin, std::span<const std::byte> bytes)>;

enum class LogLevel : uint8_t { trace, debug, info, warn, error };
/// "trace", "debug", …
std::string_view log_level_name(LogLevel level) noexcept;

/// Receives what a plugin gives to `log`, as it is (see skerry/printable.hpp), one call for each line, on the
/// thread that calls the plugin. Must not call back into the plugin.
using GuestLog = std::function<void(std::string_view plugin, LogLevel level, std::string_view text)>;

} // namespace skerry::host
