// A loaded plugin: its versions, its counters, its stored values; and how calls enter and leave it. Internal.
#pragma once

#include "host/metrics/reload_counts.hpp"
#include "host/pool/deployment.hpp"
#include "host/pool/lease.hpp"
#include "host/pool/plugin_host.hpp"
#include "host/support/mutex.hpp"
#include "skerry/host/plugin.hpp"
#include "skerry/host/plugin_error.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

namespace skerry::host {

/// Shared by the plugin's handle, and by the reloads and rollbacks that run in the background. Thread-safe.
struct LoadedPlugin : std::enable_shared_from_this<LoadedPlugin> {
  /// `file` is its manifest's; empty when it is loaded from a Manifest.
  LoadedPlugin(const Manifest& manifest, std::filesystem::path file, std::shared_ptr<PluginHost> shared);

  /// The first version. Errors: those of loading.
  [[nodiscard]] Expected<void> load(const Manifest& manifest);
  /// Waits for the calls that run, calls the guest's `destroy`, frees the instances. Later calls and reloads
  /// fail; unloading again does nothing.
  [[nodiscard]] Expected<void> unload() noexcept;
  void drain();
  /// A call that was admitted and has its instance.
  struct Started {
    CircuitBreaker::Admission admission;
    Store::Clock::time_point start, deadline;
    Lease lease;
  };
  /// Asks the breaker and waits for an instance. Counts the call when it is rejected. `failed`, when it is
  /// set: the generation that reached its error rate with this call, to be rolled back.
  [[nodiscard]] Expected<Started> begin(uint64_t input_bytes, const CallOptions& options,
                                        GenerationPtr& failed) noexcept;
  /// Records the outcome; `error` is null for success. Returns the generation that reached its error rate
  /// with this call, to be rolled back when the lease is gone; else null.
  GenerationPtr end(const Started& started, const PluginError* error) noexcept;
  PluginMetrics metrics() const;
  GenerationPtr current() const { return deployment.current(); }
  /// What a version of this manifest may use; the budget is its own.
  PluginServices services_for(const Manifest& manifest) const;

  const std::string name;
  const std::filesystem::path manifest_file;
  const std::shared_ptr<PluginHost> host;
  const std::shared_ptr<CallMetrics> call_metrics = std::make_shared<CallMetrics>();
  const std::shared_ptr<KeyValueStore> store; ///< outlives versions

  Deployment deployment;
  ReloadCounts reload_counts;
  Mutex reload_mutex;                      ///< one reload at a time, up to its swap
  std::atomic<bool> change_pending{false}; ///< a reload will see what has changed on disk
};

} // namespace skerry::host
