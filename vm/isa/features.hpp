// Names of WebAssembly features, and the feature that a type needs.
#pragma once

#include "skerry/config.hpp"
#include "skerry/types.hpp"

#include <string_view>

namespace skerry::vm {

/// Returns the feature's name: "mvp", "simd", "gc", …
std::string_view feature_name(Feature feature);

/// Returns the feature that introduced `type` as a value type. A table of funcref needs no feature, although
/// funcref as a value type does.
Feature required_feature(ValType type);

} // namespace skerry::vm
