// Serves plugins over HTTP. host/cli/plugin/with_server implements it with host/server;
// host/cli/plugin/no_server replaces this implementation in builds with SKERRY_WITH_SERVER=OFF, and only
// prints an error.
#pragma once

#include <chrono>
#include <string>

namespace skerry::host::cli {

/// Serves the plugins of a configuration file (host/server/server_config.hpp) until the process is asked to
/// end, and then for at most `drain` until the running requests are answered. Prints errors on stderr.
/// Returns the exit status.
int serve(const std::string& config_file, std::chrono::milliseconds drain);

/// Reads the configuration and checks every plugin that it names, without running any. Prints each error on
/// stderr, and returns the exit status.
int check_config(const std::string& config_file);

} // namespace skerry::host::cli
