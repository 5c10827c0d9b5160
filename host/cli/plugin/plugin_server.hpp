// Plugins over HTTP: what `skerry plugin serve` does with a request.
#pragma once

#include "host/cli/plugin/serve_config.hpp"
#include "skerry/host/manager.hpp"

#include <memory>

namespace skerry::host::cli {

/// POST /plugins/{name}/execute, GET /plugins, GET /metrics, GET /healthz; and, with the token,
/// POST /plugins, POST /plugins/{name}/reload, POST /plugins/{name}/rollback, DELETE /plugins/{name}.
class PluginServer {
public:
  explicit PluginServer(ServeConfig config);
  ~PluginServer();
  PluginServer(const PluginServer&) = delete;
  PluginServer& operator=(const PluginServer&) = delete;

  /// Loads the plugins that the configuration names. Errors: the first that fails.
  [[nodiscard]] Expected<void> load_plugins();
  /// Takes the address and says on stderr which it is. False when it cannot be had.
  bool bind();
  /// Serves until stop; requests that run then are answered first.
  void serve();
  /// Thread-safe.
  void stop();

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace skerry::host::cli
