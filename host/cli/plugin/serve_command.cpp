// skerry plugin serve: serves plugins over HTTP until SIGTERM or SIGINT.
#include "host/cli/plugin/serve_command.hpp"

#include "host/cli/plugin/serve.hpp"

#include <memory>
#include <string>

namespace skerry::host::cli {

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
