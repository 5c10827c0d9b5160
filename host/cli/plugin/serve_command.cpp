// skerry plugin serve: serves plugins over HTTP until SIGTERM or SIGINT.
#include "host/cli/plugin/serve_command.hpp"

#include "host/cli/plugin/serve.hpp"
#include "host/cli/units.hpp"

#include <memory>
#include <string>

namespace skerry::host::cli {

void add_serve(CLI::App& plugin, int& status) {
  struct Options {
    std::string config, drain = "10s";
    bool only_checks = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = plugin.add_subcommand("serve", "Serve plugins over HTTP until SIGTERM");
  command
      ->add_option("--config", options->config,
                   "Where to listen, and which plugins to load (docs/plugins.md)")
      ->required()
      ->type_name("FILE.json");
  command->add_flag(
      "--check", options->only_checks,
      "Read the configuration and check every plugin, report all that is wrong, and start nothing");
  command->add_option("--drain", options->drain, "How long SIGTERM waits for running requests (default 10s)")
      ->check(duration_validator())
      ->type_name("TIME");
  command->footer("Example:\n  skerry plugin serve --config plugins.json\n"
                  "  curl -d '{\"parameters\":{}}' http://127.0.0.1:8080/plugins/json-transformer/execute");
  command->callback([options, &status] {
    if (options->only_checks) {
      status = check_config(options->config);
      return;
    }
    status = serve(options->config,
                   std::chrono::duration_cast<std::chrono::milliseconds>(*parse_duration(options->drain)));
  });
}

} // namespace skerry::host::cli
