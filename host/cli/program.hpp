// What the programs `skerry` and `skerry-plugin` have in common.
#pragma once

#include "host/cli/cli11.hpp"

#include <functional>

namespace skerry::host::cli {

/// Reads the command line and runs the command that it names. `name`: of the program, for its help;
/// `add_commands` adds them, each sets the exit status.
int run_program(const char* name, const char* what, int argc, char** argv,
                const std::function<void(CLI::App&, int& status)>& add_commands);

} // namespace skerry::host::cli
