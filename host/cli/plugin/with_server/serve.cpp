// Reads the configuration, loads the plugins and runs the server.
#include "host/cli/plugin/serve.hpp"

#include "host/cli/commands.hpp"
#include "host/cli/output.hpp"
#include "host/server/plugin_server.hpp"
#include "host/support/fail.hpp"
#include "skerry/host/manager.hpp"

#include <filesystem>
#include <map>
#include <string>

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

int check_config(const std::string& config_file) {
  server::ServerConfig config;
  const auto error = server::check_server_config(config_file, config);
  int status = error ? report(*error) : 0;
  const Manager manager;
  std::map<std::string, std::filesystem::path> named;
  for (const std::filesystem::path& file : config.manifests) {
    auto manifest = manager.check(file);
    if (!manifest) {
      status = report(manifest.error());
      continue;
    }
    const auto [before, is_new] = named.emplace(manifest->meta.name, file);
    if (!is_new)
      status = report(make_error(manifest->meta.name, Phase::read, PluginErrorCode::duplicate,
                                 file.string() + " has the name of " + before->second.string()));
  }
  const std::string line = "plugins without a problem: " + std::to_string(named.size()) + "\n";
  return status == 0 && !print(line) ? failure : status;
}

} // namespace skerry::host::cli
