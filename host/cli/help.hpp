// The help text of a command.
#pragma once

#include "host/cli/cli11.hpp"

#include <memory>
#include <string>

namespace skerry::host::cli {

/// Makes the formatter for a command and the commands below it. No line of the text is longer than 80
/// columns. Headings are emphasized if `coloured`. `operands` ends the usage line of a command that takes its
/// operands itself, because the library does not know these.
std::shared_ptr<CLI::FormatterBase> help_formatter(bool coloured, std::string operands = {});

} // namespace skerry::host::cli
