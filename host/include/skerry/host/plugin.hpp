// A loaded plugin.
#pragma once

#include "skerry/host/manifest.hpp"
#include "skerry/host/metrics.hpp"
#include "skerry/host/plugin_error.hpp"
#include "skerry/host/plugin_types.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace skerry::host {

struct CallOptions {
  /// Shorter than the manifest's timeout, for this call; a longer one counts as the manifest's.
  std::optional<std::chrono::milliseconds> timeout;
};

class PluginCall;

/// Thread-safe; made by a Manager and held by std::shared_ptr. A handle stays valid whatever happens to the
/// plugin: after an unload its calls fail with code "unloaded". Nothing here throws, but for
/// std::bad_alloc where no Expected is returned.
class Plugin : public std::enable_shared_from_this<Plugin> {
public:
  struct Impl;
  explicit Plugin(std::unique_ptr<Impl> impl) noexcept;
  ~Plugin();
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  const std::string& name() const noexcept;
  Manifest manifest() const;
  /// What the guest's `meta` returned when the plugin was loaded, byte for byte; the manifest's meta as JSON
  /// when the guest has no such function.
  std::string meta() const;

  /// Passes `input` to the guest's `execute` and returns its result, byte for byte. A call waits for one of
  /// the plugin's instances, in the order of the callers; timeout covers the wait. A trap, exit or exceeded
  /// limit ends only this call: the next one gets a clean instance. Errors: phase call; phases instantiate
  /// and init when a new instance was needed and could not be made.
  [[nodiscard]] Expected<std::string> call(std::string_view input, const CallOptions& options = {});
  /// The same with the JSON of PluginContext and PluginResult. Errors: also code "json".
  [[nodiscard]] Expected<PluginResult> execute(const PluginContext& context, const CallOptions& options = {});
  /// A call that can suspend and resume: see skerry/host/plugin_call.hpp. It has its instance
  /// from here on; the guest runs when the call is run. Errors: as of `call`, before the guest is reached.
  [[nodiscard]] Expected<PluginCall> begin(std::string input, const CallOptions& options = {});

  PluginMetrics metrics() const;
  /// More or fewer instances than the manifest's pool.size, until the plugin is loaded again; at least 1.
  void resize(uint32_t instances);
  /// Refuses new calls with code "unloaded" and returns when those that run or wait have been answered. To be
  /// followed by an unload.
  void drain();

  Impl& impl() noexcept { return *impl_; }

private:
  std::unique_ptr<Impl> impl_;
};

using PluginHandle = std::shared_ptr<Plugin>;

} // namespace skerry::host
