// The one place that names the command-line library.
#pragma once

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace skerry::host::cli {

/// Help whose first line ends in `arguments`, for commands that take words which the library does not know
/// of.
std::shared_ptr<CLI::Formatter> usage_formatter(std::string arguments);

} // namespace skerry::host::cli
