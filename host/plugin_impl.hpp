// What is behind a plugin's handle. Internal.
#pragma once

#include "host/plugin_instance.hpp"
#include "skerry/host/plugin.hpp"

#include <memory>
#include <mutex>
#include <string>

namespace skerry::host {

struct Plugin::Impl {
  /// Loads the plugin and makes its first instance. `meta` and `init` have succeeded when this has.
  static Expected<std::unique_ptr<Impl>> load(std::unique_ptr<const PluginCode> code);

  /// Waits for a running call, lets the guest `destroy`, frees the instance. Later calls fail; doing it again
  /// does nothing.
  Expected<void> unload();
  Expected<std::string> call(std::string_view input, const CallOptions& options);

  std::unique_ptr<const PluginCode> code;
  std::string meta;

private:
  using Lock = std::unique_lock<std::timed_mutex>;
  Expected<Lock> wait_for_turn(Store::Clock::time_point deadline);
  Expected<void> make_ready();
  Expected<void> check_meta(const std::optional<std::string>& answer);

  std::timed_mutex busy_;                    // held by the call that runs
  std::unique_ptr<PluginInstance> instance_; // null: the next call makes one
  bool unloaded_ = false;
};

} // namespace skerry::host
