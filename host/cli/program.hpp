// The common part of the programs `skerry` and `skerry-plugin`.
#pragma once

#include "host/cli/cli11.hpp"

#include <functional>

namespace skerry::host::cli {

/// Parses the command line and runs the command that the line names. Returns the exit status. `name` and
/// `what` are the program's name and purpose in its help. `add_commands` adds the commands; each of them sets
/// `status`.
int run_program(const char* name, const char* what, int argc, char** argv,
                const std::function<void(CLI::App&, int& status)>& add_commands);

} // namespace skerry::host::cli
