// skerry plugin serve: serves plugins over HTTP until SIGTERM or SIGINT.
#include "host/cli/plugin/serve_command.hpp"

#include "host/cli/output.hpp"
#include "host/cli/plugin/plugin_server.hpp"

#include <csignal>
#include <memory>
#include <string>
#include <thread>

namespace skerry::host::cli {

namespace {

constexpr int failure = 1;

/// Blocks SIGTERM and SIGINT, which end the server, in all threads. The thread `stopper` waits for these
/// signals. Must run before any other thread is started, because threads inherit the blocked signals.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int serve(const std::string& file) {
  const sigset_t signals = block_stop_signals();
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
  std::thread stopper([&] {
    int signal = 0;
    sigwait(&signals, &signal);
    server.stop();
  });
  server.serve();
  // NOLINTNEXTLINE(bugprone-bad-signal-to-kill-thread): it waits for that signal, which is blocked elsewhere
  pthread_kill(stopper.native_handle(), SIGTERM); // wakes the stopper if something else ended the server
  stopper.join();
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
