// The plugin server: listeners, plugins, signals. For `skerry plugin serve`.
#pragma once

#include "host/server/server_config.hpp"
#include "skerry/host/plugin_error.hpp"

#include <chrono>
#include <filesystem>
#include <memory>

namespace skerry::host::server {

/// Serves POST /plugins/{name}/execute, GET /plugins, GET /metrics and GET /healthz. Requests with the
/// configured token may also use POST /plugins, POST /plugins/{name}/reload, POST /plugins/{name}/rollback
/// and DELETE /plugins/{name}. If the configuration has a second listener, the first one serves only calls,
/// and the second one serves all the rest.
class PluginServer {
public:
  /// `file` is the file that `config` was read from. It is read again for a new token.
  PluginServer(ServerConfig config, std::filesystem::path file);
  ~PluginServer();
  PluginServer(const PluginServer&) = delete;
  PluginServer& operator=(const PluginServer&) = delete;

  /// Loads the configured plugins. A request to end the process stops this early; `serve` then returns at
  /// once. Errors: that of the first plugin that fails.
  [[nodiscard]] Expected<void> load_plugins();
  /// Opens the listeners, or takes those that the service manager has opened, and logs their addresses. If an
  /// address is not available, logs that instead, and returns false.
  bool listen();
  /// Serves until the process is asked to end, and then until the running requests are answered, but at most
  /// for `drain` longer. A second request ends the process at once. A request to read the configuration again
  /// reads the token again and reloads all plugins. Returns false if requests were left unanswered.
  bool serve(std::chrono::milliseconds drain);

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace skerry::host::server
