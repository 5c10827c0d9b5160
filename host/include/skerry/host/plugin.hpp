// Plugin: calls, measures and drains a plugin that a Manager has loaded.
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

/// Options of one call.
struct CallOptions {
  /// A timeout for this call. It can only shorten the manifest's timeout, so a longer one is ignored.
  std::optional<std::chrono::milliseconds> timeout = std::nullopt;
  /// When the call began, if the caller has already waited. That time counts toward the timeout and toward
  /// pool.maxWait. By default, the call begins now.
  std::optional<std::chrono::steady_clock::time_point> start = std::nullopt;
  /// If false, the call fails with code "busy" unless an instance is free, as if pool.maxWaiting callers were
  /// waiting.
  bool may_wait = true;
};

class PluginCall;

/// A loaded plugin. Made by a Manager and held by a PluginHandle. Thread-safe. A handle stays valid after
/// reloads and unloads of its plugin; after an unload its calls fail with code "unloaded". Functions that
/// return an Expected never throw; other functions throw only std::bad_alloc.
class Plugin : public std::enable_shared_from_this<Plugin> {
public:
  struct Impl;
  /// Called by Manager::load only.
  explicit Plugin(std::unique_ptr<Impl> impl) noexcept;
  ~Plugin();
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  /// The name in the manifest.
  const std::string& name() const noexcept;
  /// A copy of the manifest of the version in service.
  Manifest manifest() const;
  /// The bytes that the guest's `meta` returned when the version in service was loaded. If the guest does not
  /// export `meta`, the manifest's meta as JSON.
  std::string meta() const;

  /// Passes `input` unchanged to the guest's `execute`, and returns the result of `execute` unchanged. The
  /// call waits for one of the plugin's instances; callers get instances in the order of their calls, and
  /// the timeout includes the wait. A trap, an exit or an exceeded limit ends only this call: the next call
  /// gets an instance that was reset or newly made. Errors: phase call; phases instantiate and init if a
  /// new instance was needed and could not be made.
  [[nodiscard]] Expected<std::string> call(std::string_view input, const CallOptions& options = {});
  /// Like `call`, but the input is `context` as JSON, and the result is parsed as the JSON of a PluginResult.
  /// Errors: those of `call`, and code "json".
  [[nodiscard]] Expected<PluginResult> execute(const PluginContext& context, const CallOptions& options = {});
  /// Begins a call that can suspend and resume; see skerry/host/plugin_call.hpp. `begin` waits for an
  /// instance, which the call then holds until it ends. The guest runs only in PluginCall::run. Errors: the
  /// errors of `call` that can occur before the guest runs.
  [[nodiscard]] Expected<PluginCall> begin(std::string input, const CallOptions& options = {});

  /// The limits on instances and on waiting callers of the version in service. `size` is what `resize` has
  /// set.
  PoolConfig pool() const;
  /// A snapshot of the plugin's metrics.
  PluginMetrics metrics() const;
  /// Sets the maximum number of instances in place of the manifest's pool.size, until the plugin is reloaded.
  /// 0 counts as 1.
  void resize(uint32_t instances);
  /// Refuses new calls with code "unloaded", and returns when all running and waiting calls have been
  /// answered. Does not wait for suspended calls. The plugin accepts no calls or reloads afterwards, so it
  /// must then be unloaded. Returns false and does nothing if this thread is inside a call or reload of the
  /// plugin, which would wait for itself.
  bool drain();

  /// For internal use by the host.
  Impl& impl() noexcept { return *impl_; }

private:
  std::unique_ptr<Impl> impl_;
};

using PluginHandle = std::shared_ptr<Plugin>;

} // namespace skerry::host
