// The environment variables of this process. Internal.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace skerry::platform {

/// Returns the name and the value of every environment variable. Not thread-safe: no other thread may change
/// the environment meanwhile.
std::vector<std::pair<std::string, std::string>> environment();

} // namespace skerry::platform
