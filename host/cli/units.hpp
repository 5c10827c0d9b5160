// Parses and prints sizes and durations as people write them.
#pragma once

#include "host/cli/cli11.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::host::cli {

/// Parses a size such as "65536", "64KiB", "32MiB" or "4GiB", and returns it in bytes. KB, MB and GB are
/// powers of 1000. Returns nothing for invalid texts and for 0.
std::optional<uint64_t> parse_size(std::string_view text);
/// Parses a duration such as "500ms", "2s", "1.5s", "1m", "1h" or "100us". Returns nothing for invalid texts,
/// for texts without a unit, and for 0.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// Formats a size for messages: "16 MiB", "65537 bytes".
std::string format_size(uint64_t bytes);

CLI::Validator size_validator();
CLI::Validator duration_validator();

} // namespace skerry::host::cli
