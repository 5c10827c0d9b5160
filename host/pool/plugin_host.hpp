// PluginHost: the engine, options and threads that all plugins of one manager share. Internal.
#pragma once

#include "host/pool/instance_cap.hpp"
#include "host/support/background.hpp"
#include "host/support/callback.hpp"
#include "host/support/event_queue.hpp"
#include "host/support/log_sink.hpp"
#include "skerry/engine.hpp"
#include "skerry/host/manager.hpp"

#include <memory>
#include <utility>

namespace skerry::host {

/// Thread-safe. Plugin handles may keep this object alive longer than the manager. When the manager closes,
/// it stops `events` and `background`.
struct PluginHost {
  explicit PluginHost(ManagerOptions given)
      : options(std::move(given)), engine(engine_config(options)),
        cap(std::make_shared<InstanceCap>(options.max_instances)), log(std::make_shared<LogSink>()),
        events(options.on_reload, *log) {}

  /// Returns the engine's configuration. A trace function that throws ends the trace, because nothing may be
  /// thrown through the engine.
  static Config engine_config(const ManagerOptions& options) {
    Config config = options.engine;
    if (!config.trace) return config;
    config.trace = [trace = options.engine.trace](std::string_view line) {
      return unless_thrown([&] { return trace(line); }, [](const std::string&) { return false; });
    };
    return config;
  }

  const ManagerOptions options;
  const Engine engine;
  const std::shared_ptr<InstanceCap> cap;
  const std::shared_ptr<LogSink> log; ///< standard error
  EventQueue events;
  Background background;
};

} // namespace skerry::host
