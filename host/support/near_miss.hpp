// "Did you mean …?" Internal.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::host {

/// Those of `candidates` that `name` was most likely meant to be: the nearest, at most three.
std::vector<std::string> near_misses(std::string_view name, std::span<const std::string> candidates);

/// "; did you mean a, b or c?" or nothing.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

} // namespace skerry::host
