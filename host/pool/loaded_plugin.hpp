// A loaded plugin: its versions, counters and stored values, and how calls begin and end. Internal.
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

/// Shared by the plugin's handle and by background reloads and rollbacks. Thread-safe.
struct LoadedPlugin : std::enable_shared_from_this<LoadedPlugin> {
  /// `file` is the path of the manifest file; empty if the plugin is loaded from a Manifest.
  LoadedPlugin(const Manifest& manifest, std::filesystem::path file, std::shared_ptr<PluginHost> shared);

  /// The module file's code and hash.
  struct CheckedCode {
    std::unique_ptr<const PluginCode> code;
    std::string hash;
  };
  /// Reads and checks the module file. Runs nothing of it. Errors: those of Manager::load up to phase link.
  [[nodiscard]] Expected<CheckedCode> load_code_of(const Manifest& manifest) const;
  /// Loads the first version. Errors: those of Manager::load.
  [[nodiscard]] Expected<void> load(const Manifest& manifest);
  /// Waits for running calls, calls the guest's `destroy` and frees the instances. Later calls and reloads
  /// fail. Unloading again does nothing.
  [[nodiscard]] Expected<void> unload() noexcept;
  void drain();
  /// A call that was admitted and has its instance.
  struct Started {
    CircuitBreaker::Admission admission;
    Store::Clock::time_point start, deadline;
    Store::Clock::duration waited; ///< for the instance
    Lease lease;

    /// If the deadline has passed, makes `error` say how much of the time the call waited for its instance.
    void describe_wait(PluginError& error) const noexcept;
  };
  /// Admits a call: asks the breaker and waits for an instance. Counts the call if it is rejected. If the
  /// breaker's rejection makes a new version's error rate reach the manifest's limit
  /// (rollback_on_error_rate), sets `failed` to the version's generation, which the caller must roll back.
  [[nodiscard]] Expected<Started> begin(uint64_t input_bytes, const CallOptions& options,
                                        GenerationPtr& failed) noexcept;
  /// Records the outcome of a call; a null `error` means success. If the outcome makes a new version's error
  /// rate reach the manifest's limit (rollback_on_error_rate), returns the version's generation, otherwise
  /// null. The caller must roll that generation back after it has destroyed the lease.
  GenerationPtr end(const Started& started, const PluginError* error) noexcept;
  PluginMetrics metrics() const;
  GenerationPtr current() const { return deployment.current(); }
  /// Returns the services for a new version with this manifest. The version gets a new budget.
  PluginServices services_for(const Manifest& manifest) const;

  const std::string name;
  const std::filesystem::path manifest_file;
  const std::shared_ptr<PluginHost> host;
  const std::shared_ptr<CallMetrics> call_metrics = std::make_shared<CallMetrics>();
  const std::shared_ptr<KeyValueStore> store; ///< shared by all versions

  Deployment deployment;
  ReloadCounts reload_counts;
  Mutex reload_mutex;                      ///< held by a reload until its swap, so that other reloads wait
  std::atomic<bool> change_pending{false}; ///< a reload is scheduled that will see all changes up to now
};

} // namespace skerry::host
