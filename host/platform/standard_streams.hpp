// The descriptors of the process's standard streams. Internal.
#pragma once

namespace skerry::platform {

inline constexpr int standard_input = 0;
inline constexpr int standard_output = 1;
inline constexpr int standard_error = 2;

} // namespace skerry::platform
