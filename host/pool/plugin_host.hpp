// PluginHost: the engine, options and threads that all plugins of one manager share. Internal.
#pragma once

#include "host/pool/instance_cap.hpp"
#include "host/support/background.hpp"
#include "host/support/event_queue.hpp"
#include "skerry/engine.hpp"
#include "skerry/host/manager.hpp"

#include <memory>
#include <utility>

namespace skerry::host {

/// Thread-safe. Plugin handles may keep this object alive longer than the manager. When the manager closes,
/// it stops `events` and `background`.
struct PluginHost {
  explicit PluginHost(ManagerOptions given)
      : options(std::move(given)), engine(options.engine),
        cap(std::make_shared<InstanceCap>(options.max_instances)), events(options.on_reload) {}

  const ManagerOptions options;
  const Engine engine;
  const std::shared_ptr<InstanceCap> cap;
  EventQueue events;
  Background background;
};

} // namespace skerry::host
