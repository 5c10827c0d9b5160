// The common part of the programs `skerry` and `skerry-plugin`.
#pragma once

#include "host/cli/cli11.hpp"

#include <functional>
#include <string>
#include <vector>

namespace skerry::host::cli {

/// The name of a program in its help, and a sentence on what it does.
struct ProgramName {
  const char* name;
  const char* what;
};

/// Parses the words after the program's name and runs the command that they name. Returns the exit status.
/// `add_commands` adds the commands; each of them sets `status`.
int run_program(ProgramName program, std::vector<std::string> words,
                const std::function<void(CLI::App&, int& status)>& add_commands);

} // namespace skerry::host::cli
