// Number literals (spec §6.3.1, §6.3.2): recognizes them and computes their values with correct rounding.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace skerry::vm::wat {

/// A sign, decimal or hexadecimal digits, and single underscores between digits.
bool is_integer(std::string_view word) noexcept;
/// The float literals that are not integers: fractions, exponents, inf, nan, nan:0x….
bool is_float(std::string_view word) noexcept;

/// The value of an integer without a sign. Empty if it has a sign or does not fit in `bits`.
std::optional<uint64_t> parse_unsigned(std::string_view integer, unsigned bits) noexcept;
/// The value modulo 2^bits; empty if it is outside -2^(bits-1) … 2^bits - 1.
std::optional<uint64_t> parse_integer(std::string_view integer, unsigned bits) noexcept;
/// The bits of the nearest number, ties to even. Empty if that is infinite or a NaN payload does not fit.
/// Also accepts integers.
std::optional<uint32_t> parse_f32(std::string_view number);
std::optional<uint64_t> parse_f64(std::string_view number);

} // namespace skerry::vm::wat
