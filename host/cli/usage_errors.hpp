// Messages for wrong command lines.
#pragma once

#include "host/cli/cli11.hpp"

#include <string>

namespace skerry::host::cli {

/// Says what is wrong with the command line that `app` has parsed, what may have been meant, and where the
/// help is.
std::string usage_message(const CLI::App& app, const CLI::ParseError& error);

} // namespace skerry::host::cli
