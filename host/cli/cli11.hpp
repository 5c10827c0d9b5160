// Includes the command-line library CLI11. No other file of the host includes it.
#pragma once

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace skerry::host::cli {

/// Makes a help formatter that ends the usage line with `arguments`. Used by commands that parse their
/// arguments themselves, so that the library does not know these arguments.
std::shared_ptr<CLI::Formatter> usage_formatter(std::string arguments);

} // namespace skerry::host::cli
