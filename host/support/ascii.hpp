// ASCII letters, independent of the locale. Internal.
#pragma once

#include <algorithm>
#include <string_view>

namespace skerry::host {

constexpr char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Compares two texts without regard to the case of ASCII letters.
constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower_case, lower_case);
}

} // namespace skerry::host
