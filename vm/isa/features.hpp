// Which feature a type needs, and what features are called.
#pragma once

#include "skerry/config.hpp"
#include "skerry/types.hpp"

#include <string_view>

namespace skerry::vm {

/// "mvp", "simd", "gc", …
std::string_view feature_name(Feature feature);

/// The feature that brought this type as a type of values. (Tables of funcref need none.)
Feature required_feature(ValType type);

} // namespace skerry::vm
