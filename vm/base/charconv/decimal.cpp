// Parses decimal floating-point numbers with the C++ library.
#include "vm/base/decimal.hpp"

namespace skerry::vm {

std::from_chars_result parse_decimal(std::string_view text, float& value, std::chars_format format) noexcept {
  return std::from_chars(text.data(), text.data() + text.size(), value, format);
}

std::from_chars_result parse_decimal(std::string_view text, double& value,
                                     std::chars_format format) noexcept {
  return std::from_chars(text.data(), text.data() + text.size(), value, format);
}

} // namespace skerry::vm
