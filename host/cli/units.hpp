// Sizes and durations as people write them.
#pragma once

#include "host/cli/cli11.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::host::cli {

/// "65536", "64KiB", "32MiB", "4GiB" (also KB, MB, GB in powers of 1000); not 0.
std::optional<uint64_t> parse_size(std::string_view text);
/// "500ms", "2s", "1.5s", "1m", "1h", "100us"; a unit is needed; not 0.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// For messages: "16 MiB", "65537 bytes".
std::string format_size(uint64_t bytes);

CLI::Validator size_validator();
CLI::Validator duration_validator();

} // namespace skerry::host::cli
