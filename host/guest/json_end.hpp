// Finds the end of a guest function's result that is returned as a pointer without a length. Internal.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace skerry::host {

/// Returns the length of the result at the start of `memory`, which is the guest's memory from the returned
/// pointer on. The result ends at a NUL or after the first complete JSON value, whichever comes first.
/// Returns nothing if `memory` contains neither.
std::optional<size_t> terminated_length(std::string_view memory);

} // namespace skerry::host
