// Serves plugins over HTTP. host/cli/plugin/httplib implements it with cpp-httplib;
// host/cli/plugin/no_server replaces this implementation in builds with SKERRY_WITH_SERVER=OFF, and only
// prints an error.
#pragma once

#include <string>

namespace skerry::host::cli {

/// Serves the plugins of a configuration file (serve_config.hpp) until the process is asked to end. Prints
/// errors on stderr. Returns the exit status. Must be called before any other thread is started.
int serve(const std::string& config_file);

} // namespace skerry::host::cli
