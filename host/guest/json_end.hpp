// The end of a result without a length. Internal.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace skerry::host {

/// How many bytes of `memory`, which is what lies behind a guest's pointer, are its result: up to a NUL or
/// the end of the first complete JSON value, whichever comes first. Nothing when neither is there.
std::optional<size_t> terminated_length(std::string_view memory);

} // namespace skerry::host
