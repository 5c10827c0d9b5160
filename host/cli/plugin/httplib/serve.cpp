// Reads the configuration, loads the plugins and runs the server.
#include "host/cli/plugin/serve.hpp"

#include "host/cli/commands.hpp"
#include "host/cli/output.hpp"
#include "host/cli/plugin/httplib/plugin_server.hpp"
#include "host/platform/signals.hpp"

namespace skerry::host::cli {

int serve(const std::string& config_file) {
  platform::keep_stop_requests();
  auto config = read_serve_config(config_file);
  if (!config) {
    write_stderr(to_json(config.error()) + "\n");
    return failure;
  }
  PluginServer server(std::move(*config));
  if (auto loaded = server.load_plugins(); !loaded) {
    write_stderr(to_json(loaded.error()) + "\n");
    return failure;
  }
  if (!server.bind()) return failure;
  const platform::StopRequestThread stopper([&] { server.stop(); });
  server.serve();
  return 0;
}

} // namespace skerry::host::cli
