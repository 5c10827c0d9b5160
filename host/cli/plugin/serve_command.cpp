// skerry plugin serve: serves plugins over HTTP until SIGTERM or SIGINT.
#include "host/cli/plugin/serve_command.hpp"

#include "host/cli/options.hpp"
#include "host/cli/plugin/serve.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace skerry::host::cli {

void add_serve(CLI::App& plugin, int& status) {
  struct Options {
    std::string config;
    std::optional<std::chrono::nanoseconds> drain;
    bool only_checks = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = plugin.add_subcommand("serve", "Serve plugins over HTTP until SIGTERM");
  add_text(*command, "--config", options->config,
           {"Where to listen, and which plugins to load (docs/plugins.md)", "FILE.json"})
      ->required();
  command->add_flag(
      "--check", options->only_checks,
      "Read the configuration and check every plugin, report all that is wrong, and start nothing");
  add_duration(*command, "--drain", options->drain,
               {"How long SIGTERM waits for running requests (default: 10s)", "TIME"});
  command->footer("Example:\n"
                  "  skerry plugin serve --config plugins.json --drain 30s\n"
                  "  curl -d '{\"parameters\":{}}' http://127.0.0.1:8080/plugins/greeting/execute");
  command->callback([options, &status] {
    if (options->only_checks) {
      status = check_config(options->config);
      return;
    }
    const auto drain = options->drain.value_or(std::chrono::seconds(10));
    status = serve(options->config, std::chrono::ceil<std::chrono::milliseconds>(drain));
  });
}

} // namespace skerry::host::cli
