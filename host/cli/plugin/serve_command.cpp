// skerry plugin serve: serves plugins over HTTP until SIGTERM or SIGINT.
#include "host/cli/plugin/serve_command.hpp"

#include "host/cli/output.hpp"
#include "host/cli/plugin/plugin_server.hpp"
#include "host/platform/signals.hpp"

#include <memory>
#include <string>

namespace skerry::host::cli {

namespace {

constexpr int failure = 1;

int serve(const std::string& file) {
  platform::keep_stop_requests();
  auto config = read_serve_config(file);
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

} // namespace

void add_serve(CLI::App& plugin, int& status) {
  auto config = std::make_shared<std::string>();
  CLI::App* command = plugin.add_subcommand("serve", "Serve plugins over HTTP until SIGTERM");
  command->add_option("--config", *config, "Where to listen, and which plugins to load (docs/plugins.md)")
      ->required()
      ->type_name("FILE.json");
  command->footer("Example:\n  skerry plugin serve --config plugins.json\n"
                  "  curl -d '{\"parameters\":{}}' http://127.0.0.1:8080/plugins/json-transformer/execute");
  command->callback([config, &status] { status = serve(*config); });
}

} // namespace skerry::host::cli
