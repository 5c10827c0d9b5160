// What is behind a plugin's handle. Internal.
#pragma once

#include "host/pool/lease.hpp"
#include "host/pool/plugin_host.hpp"
#include "host/metrics/reload_counts.hpp"
#include "host/pool/deployment.hpp"
#include "skerry/host/plugin.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

namespace skerry::host {

struct Plugin::Impl {
  /// `manifest_file`: empty when it is loaded from a Manifest.
  Impl(const Manifest& manifest, std::filesystem::path manifest_file, std::shared_ptr<PluginHost> host);

  /// The first version. Errors: those of loading.
  Expected<void> load(const Manifest& manifest);
  /// Waits for the calls that run, lets the guest `destroy` itself, frees the instances. Later calls fail, no
  /// reload brings the plugin back; doing it again does nothing.
  Expected<void> unload() noexcept;
  void drain();
  /// A call that has been let in and has its instance.
  struct Started {
    CircuitBreaker::Admission admission;
    Store::Clock::time_point start, deadline;
    Lease lease;
  };
  /// Asks the breaker and waits for an instance. What is refused is counted.
  Expected<Started> begin(uint64_t input_bytes, const CallOptions& options) noexcept;
  /// Tells breaker and metrics how it went. `error` is null for success. Returns the version that has failed
  /// too often with this call, which is to be rolled back when the lease is gone; else null.
  GenerationPtr end(const Started& started, const PluginError* error) noexcept;
  Expected<std::string> call(std::string_view input, const CallOptions& options);
  PluginMetrics metrics() const;
  GenerationPtr current() const { return serving.current(); }
  /// What a version of this manifest may use; the budget is its own.
  PluginServices services_for(const Manifest& manifest) const;

  const std::string name;
  const std::filesystem::path manifest_file;
  const std::shared_ptr<PluginHost> host;
  const std::shared_ptr<CallMetrics> call_metrics = std::make_shared<CallMetrics>();
  const std::shared_ptr<KeyValueStore> store; ///< outlives versions
  std::weak_ptr<Plugin> self;                 ///< set before the plugin is known to anybody else

  Serving serving;
  ReloadCounts reload_counts;
  std::mutex reload_mutex;                 ///< one reload at a time, up to its swap
  std::atomic<bool> change_pending{false}; ///< a reload will see what has changed on disk
};

} // namespace skerry::host
