// The only header that includes the command-line library.
#pragma once

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace skerry::host::cli {

/// Makes a help formatter that ends the usage line with `arguments`. Used by commands whose arguments are not
/// parsed by the library.
std::shared_ptr<CLI::Formatter> usage_formatter(std::string arguments);

} // namespace skerry::host::cli
