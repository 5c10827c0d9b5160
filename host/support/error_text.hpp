// An error as a JSON object, to embed in other JSON texts. Internal.
#pragma once

#include "skerry/host/plugin_error.hpp"

#include <string>

namespace skerry::host {

/// Returns the value that to_json(error) has under "error".
std::string error_text(const PluginError& error);

} // namespace skerry::host
