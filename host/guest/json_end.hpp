// Finds the end of a guest function's result that is returned as a pointer without a length. Internal.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace skerry::host {

/// `memory` is the guest's memory from the returned pointer to the end of the memory. Returns the length of
/// the result, which starts at the pointer. The result ends at a NUL or after the first complete JSON
/// value, whichever comes first. Returns nothing if `memory` contains neither a NUL nor a complete JSON
/// value.
std::optional<size_t> terminated_length(std::string_view memory);

} // namespace skerry::host
