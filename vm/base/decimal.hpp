// Parses decimal floating-point numbers. Two folders implement it: charconv with the C++ library, and
// fast_float with that library, for C++ libraries without std::from_chars for floating-point numbers, such as
// libc++ before version 20.
#pragma once

#include <charconv>
#include <string_view>

namespace skerry::vm {

/// Parses the number that `text` begins with, as std::from_chars does, and sets `value` to the float that is
/// nearest to it, with ties to even. A number that is too large, or that is nearest to zero without being
/// zero, leaves `value` as it was and gives std::errc::result_out_of_range. `format` is general, fixed or
/// scientific.
std::from_chars_result parse_decimal(std::string_view text, float& value,
                                     std::chars_format format = std::chars_format::general) noexcept;
std::from_chars_result parse_decimal(std::string_view text, double& value,
                                     std::chars_format format = std::chars_format::general) noexcept;

} // namespace skerry::vm
