// The commands of `skerry`. Each function adds one command to the program. When the command has run, `status`
// holds its exit status. A new command needs a function here, its own file, a line in main.cpp and a section
// in docs/cli.md.
#pragma once

#include "host/cli/cli11.hpp"

namespace skerry::host::cli {

/// The exit statuses of every command.
inline constexpr int failure = 1;     // the request failed
inline constexpr int usage_error = 2; // the command line is wrong
inline constexpr int trap_status =
    134; // `run`: the guest trapped or a limit stopped it (a shell reports SIGABRT as 134)

void add_run_command(CLI::App& app, int& status);
void add_validate_command(CLI::App& app, int& status);
void add_inspect_command(CLI::App& app, int& status);
void add_wast_command(CLI::App& app, int& status);
void add_wat2wasm_command(CLI::App& app, int& status);
void add_wasm2wat_command(CLI::App& app, int& status);
void add_objdump_command(CLI::App& app, int& status);

} // namespace skerry::host::cli
