// The feature that a type needs, and the names of features.
#pragma once

#include "skerry/config.hpp"
#include "skerry/types.hpp"

#include <string_view>

namespace skerry::vm {

/// "mvp", "simd", "gc", …
std::string_view feature_name(Feature feature);

/// The feature that introduced this type as a value type. (Tables of funcref need no feature.)
Feature required_feature(ValType type);

} // namespace skerry::vm
