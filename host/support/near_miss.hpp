// Suggestions for mistyped names ("Did you mean …?"). Internal.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::host {

/// Returns the candidates nearest to `name` that are near enough to have been meant: at most three, all
/// equally near.
std::vector<std::string> near_misses(std::string_view name, std::span<const std::string> candidates);

/// Returns "; did you mean a, b or c?", or nothing if no candidate is similar.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

} // namespace skerry::host
