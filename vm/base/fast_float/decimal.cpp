// Parses decimal floating-point numbers with fast_float.
#include "vm/base/decimal.hpp"

#include <cmath>
#include <fast_float/fast_float.h>
#include <system_error>

namespace skerry::vm {

namespace {

fast_float::chars_format same_format(std::chars_format format) {
  if (format == std::chars_format::fixed) return fast_float::chars_format::fixed;
  if (format == std::chars_format::scientific) return fast_float::chars_format::scientific;
  return fast_float::chars_format::general;
}

/// Whether a digit other than 0 comes before the exponent, which infinities and NaNs have none of.
bool is_nonzero(std::string_view number) {
  return number.substr(0, number.find_first_of("eE")).find_first_of("123456789") != std::string_view::npos;
}

/// Older versions of fast_float return infinity or 0 instead of an error.
template <class Float>
std::from_chars_result parse(std::string_view text, Float& value, std::chars_format format) {
  Float parsed{};
  const auto [end, error] =
      fast_float::from_chars(text.data(), text.data() + text.size(), parsed, same_format(format));
  if (error != std::errc{}) return {end, error};
  const auto number = text.substr(0, static_cast<size_t>(end - text.data()));
  if ((std::isinf(parsed) || parsed == 0) && is_nonzero(number)) return {end, std::errc::result_out_of_range};
  value = parsed;
  return {end, error};
}

} // namespace

std::from_chars_result parse_decimal(std::string_view text, float& value, std::chars_format format) noexcept {
  return parse(text, value, format);
}

std::from_chars_result parse_decimal(std::string_view text, double& value,
                                     std::chars_format format) noexcept {
  return parse(text, value, format);
}

} // namespace skerry::vm
