// The commands that talk to a running `skerry plugin serve`.
#pragma once

#include "host/cli/cli11.hpp"

namespace skerry::host::cli {

/// Adds skerry plugin reload and skerry plugin rollback.
void add_operator_commands(CLI::App& plugin, int& status);

} // namespace skerry::host::cli
