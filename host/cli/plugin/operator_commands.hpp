// The commands that speak to a running `skerry plugin serve`.
#pragma once

#include "host/cli/cli11.hpp"

namespace skerry::host::cli {

/// skerry plugin reload, skerry plugin rollback.
void add_operator_commands(CLI::App& plugin, int& status);

} // namespace skerry::host::cli
