// The commands. Each function adds one to the program; when it was chosen and has run, `status` is its exit
// status. A new command is a function here, its file, and a line in main.cpp.
#pragma once

#include "host/cli/cli11.hpp"

namespace skerry::host::cli {

/// What the exit statuses mean, for every command.
inline constexpr int failure = 1;     // what was asked for could not be done
inline constexpr int usage_error = 2; // the command line makes no sense
inline constexpr int trap_status =
    134; // `run`: the guest trapped, or a limit stopped it (as a shell shows SIGABRT)

void add_run_command(CLI::App& app, int& status);
void add_validate_command(CLI::App& app, int& status);
void add_inspect_command(CLI::App& app, int& status);
void add_wast_command(CLI::App& app, int& status);
void add_wat2wasm_command(CLI::App& app, int& status);
void add_wasm2wat_command(CLI::App& app, int& status);
void add_objdump_command(CLI::App& app, int& status);

} // namespace skerry::host::cli
