// Reads the configuration, loads the plugins and runs the server.
#include "host/cli/plugin/serve.hpp"

#include "host/cli/commands.hpp"
#include "host/cli/output.hpp"
#include "host/server/plugin_server.hpp"

namespace skerry::host::cli {

namespace {

int report(const PluginError& error) {
  write_stderr(to_json(error) + "\n");
  return failure;
}

} // namespace

int serve(const std::string& config_file, std::chrono::milliseconds drain) {
  auto config = server::read_server_config(config_file);
  if (!config) return report(config.error());
  server::PluginServer plugin_server(std::move(*config), config_file);
  if (auto loaded = plugin_server.load_plugins(); !loaded) return report(loaded.error());
  if (!plugin_server.listen()) return failure;
  return plugin_server.serve(drain) ? 0 : failure;
}

} // namespace skerry::host::cli
