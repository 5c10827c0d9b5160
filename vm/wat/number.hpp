// Number literals (spec §6.3.1, §6.3.2): what they look like, and their value with correct rounding.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace skerry::vm::wat {

/// Sign, decimal or hexadecimal digits, single underscores between digits.
bool is_integer(std::string_view word) noexcept;
/// Everything that float literals may be and is no integer: fractions, exponents, inf, nan, nan:0x….
bool is_float(std::string_view word) noexcept;

/// Without a sign; nothing when it has one or does not fit `bits`.
std::optional<uint64_t> parse_unsigned(std::string_view integer, unsigned bits) noexcept;
/// -2^(bits-1) … 2^bits - 1, modulo 2^bits.
std::optional<uint64_t> parse_integer(std::string_view integer, unsigned bits) noexcept;
/// The bits of the nearest number, ties to even; nothing when that would be infinite or a NaN payload does
/// not fit. Takes integers too.
std::optional<uint32_t> parse_f32(std::string_view number);
std::optional<uint64_t> parse_f64(std::string_view number);

} // namespace skerry::vm::wat
