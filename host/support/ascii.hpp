// ASCII letters, independent of the locale. Internal.
#pragma once

namespace skerry::host {

constexpr char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

} // namespace skerry::host
