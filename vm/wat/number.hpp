// Number literals (spec §6.3.1, §6.3.2): recognizes them and computes their values with correct rounding.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace skerry::vm::wat {

/// Returns whether `word` is an integer literal: an optional sign, then decimal or hexadecimal digits with
/// single underscores between them.
bool is_integer(std::string_view word) noexcept;
/// Returns whether `word` is a float literal: a number with a fraction or exponent, inf, nan, or nan:0x….
/// Also returns true for decimal and hexadecimal integers, so call is_integer() first.
bool is_float(std::string_view word) noexcept;

/// Returns the value of an integer literal. Returns nothing if the literal has a sign or if its value does
/// not fit in `bits`.
std::optional<uint64_t> parse_unsigned(std::string_view integer, unsigned bits) noexcept;
/// Returns the value of an integer literal modulo 2^bits, or nothing if the value is outside -2^(bits-1) …
/// 2^bits - 1.
std::optional<uint64_t> parse_integer(std::string_view integer, unsigned bits) noexcept;
/// parse_f32() and parse_f64() return the bits of the float that is nearest to the literal, with ties to
/// even. They return nothing if the nearest value is infinite or if a NaN payload does not fit. They also
/// accept integer literals.
std::optional<uint32_t> parse_f32(std::string_view number);
std::optional<uint64_t> parse_f64(std::string_view number);

} // namespace skerry::vm::wat
