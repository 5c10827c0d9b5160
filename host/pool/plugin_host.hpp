// What the plugins of one manager share. Internal.
#pragma once

#include "host/support/background.hpp"
#include "host/support/event_queue.hpp"
#include "host/pool/instance_pool.hpp"
#include "skerry/host/manager.hpp"

#include <memory>
#include <utility>

namespace skerry::host {

/// Thread-safe. Handles of plugins may keep it beyond the manager's life, which ends events and background.
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

/// One instance of the host's cap, until somebody else answers for it.
class InstancePlace {
public:
  /// Errors: phase instantiate, code "limit.instances".
  static Expected<InstancePlace> take(const Manifest& manifest, std::shared_ptr<InstanceCap> cap);
  InstancePlace(InstancePlace&& other) noexcept = default;
  InstancePlace& operator=(InstancePlace&&) = delete;
  ~InstancePlace() {
    if (cap_) cap_->give_back();
  }
  const std::shared_ptr<InstanceCap>& cap() const noexcept { return cap_; }
  /// Somebody else gives it back now.
  void hand_on() noexcept { cap_.reset(); }

private:
  explicit InstancePlace(std::shared_ptr<InstanceCap> cap) noexcept : cap_(std::move(cap)) {}
  std::shared_ptr<InstanceCap> cap_;
};

} // namespace skerry::host
