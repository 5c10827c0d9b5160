// Serves plugins over HTTP, for `skerry plugin serve`.
#pragma once

#include "host/cli/plugin/serve_config.hpp"
#include "skerry/host/manager.hpp"

#include <memory>

namespace skerry::host::cli {

/// Serves POST /plugins/{name}/execute, GET /plugins, GET /metrics and GET /healthz. Requests with the
/// configured token may also use POST /plugins, POST /plugins/{name}/reload, POST /plugins/{name}/rollback
/// and DELETE /plugins/{name}.
class PluginServer {
public:
  explicit PluginServer(ServeConfig config);
  ~PluginServer();
  PluginServer(const PluginServer&) = delete;
  PluginServer& operator=(const PluginServer&) = delete;

  /// Loads the configured plugins. Errors: that of the first plugin that fails.
  [[nodiscard]] Expected<void> load_plugins();
  /// Binds the configured address, and logs the address on stderr. If the address is not available, logs
  /// that instead, and returns false.
  bool bind();
  /// Serves until `stop` is called, and returns when the running requests have been answered.
  void serve();
  /// Ends `serve`. Thread-safe.
  void stop();

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace skerry::host::cli
