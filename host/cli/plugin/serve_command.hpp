// The command skerry plugin serve.
#pragma once

#include "host/cli/cli11.hpp"

namespace skerry::host::cli {

void add_serve(CLI::App& plugin, int& status);

} // namespace skerry::host::cli
