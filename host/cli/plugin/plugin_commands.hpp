// The commands `skerry plugin meta` and `skerry plugin call`, which load a plugin only while they run.
#pragma once

#include "host/cli/cli11.hpp"

namespace skerry::host::cli {

/// Adds skerry plugin meta and skerry plugin call.
void add_plugin_commands(CLI::App& plugin, int& status);

} // namespace skerry::host::cli
