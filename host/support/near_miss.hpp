// Suggestions for mistyped names ("Did you mean …?"). Internal.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::host {

/// Returns the candidates that are most similar to `name`: at most three, all with the same edit distance.
/// Returns none if no candidate is similar enough for a suggestion.
std::vector<std::string> near_misses(std::string_view name, std::span<const std::string> candidates);

/// Returns "; did you mean a, b or c?", or an empty text if no candidate is similar.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

} // namespace skerry::host
