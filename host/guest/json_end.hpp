// Finds the end of a result that has no length. Internal.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace skerry::host {

/// Returns the length of the result at the start of `memory`, which begins at a guest's pointer. The result
/// ends at a NUL or at the end of the first complete JSON value, whichever comes first. Returns nothing if
/// neither exists.
std::optional<size_t> terminated_length(std::string_view memory);

} // namespace skerry::host
