// Parses and prints sizes, counts and durations. Every option of every command uses these functions, so that
// one rule holds everywhere (docs/cli.md, "Numbers").
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::host::cli {

// A number has decimal digits, perhaps a fraction, and perhaps an exponent: "64", "0.5", "1e9". It has no
// sign, and zeros at its beginning mean nothing: "010" is ten. All functions are thread-safe.

/// Parses a size, and returns it in bytes: "65536", "64K", "64KiB", "0.5GiB", "64MB". K, M, G and T alone and
/// with "iB" are powers of 1024; KB, MB, GB and TB are powers of 1000. Small and capital letters are the
/// same. A fraction of a byte is dropped. Returns nothing for invalid texts, for less than a byte, and for
/// 2^62 bytes and more.
std::optional<uint64_t> parse_size(std::string_view text);
/// Parses a duration with a unit, which is ns, us, ms, s, m or h: "500ms", "1.5s". Returns nothing for
/// invalid texts, for texts without a unit, for less than a nanosecond, and for 2^62 ns (146 years) and more.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);
/// Parses a number of things: "1000", "1e9", "2.5e6". Returns nothing for invalid texts, for numbers that are
/// not whole, and for 2^64 and more.
std::optional<uint64_t> parse_count(std::string_view text);

/// Formats a size for messages: "16 MiB", "65537 bytes".
std::string format_size(uint64_t bytes);

} // namespace skerry::host::cli
