// Tells whether a descriptor is a terminal. Internal.
#pragma once

namespace skerry::platform {

/// Returns whether a descriptor is a terminal. Thread-safe.
bool is_terminal(int descriptor) noexcept;

} // namespace skerry::platform
