// Includes the command-line library CLI11. No other file of the host includes it.
#pragma once

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace skerry::host::cli {

/// Makes a help formatter that ends the usage line with `arguments`. It is for commands that parse their
/// arguments themselves: the library does not know these arguments, so it cannot put them in the usage
/// line.
std::shared_ptr<CLI::Formatter> usage_formatter(std::string arguments);

} // namespace skerry::host::cli
