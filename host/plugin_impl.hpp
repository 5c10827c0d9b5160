// What is behind a plugin's handle. Internal.
#pragma once

#include "host/call_metrics.hpp"
#include "host/circuit_breaker.hpp"
#include "host/generation.hpp"
#include "host/lease.hpp"
#include "skerry/host/plugin.hpp"

#include <memory>
#include <mutex>
#include <string>

namespace skerry::host {

struct Plugin::Impl {
  Impl(const Manifest& manifest, PluginServices shared, std::shared_ptr<InstanceCap> cap);

  /// Builds a generation and makes it the current one. The one before it, if any, serves until then; it ends
  /// its calls, then its guest may `destroy` itself. Errors: those of loading, also code "limit.instances";
  /// then nothing has changed.
  Expected<void> load(const Engine& engine, const Manifest& manifest, uint64_t max_module_bytes);

  /// Waits for the calls that run, lets the guest `destroy` itself, frees the instances. Later calls fail;
  /// doing it again does nothing.
  Expected<void> unload();
  /// A call that has been let in and has its instance.
  struct Started {
    CircuitBreaker::Admission admission;
    Store::Clock::time_point start, deadline;
    Lease lease;
  };
  /// Asks the breaker and waits for an instance. What is refused is counted.
  Expected<Started> begin(uint64_t input_bytes, const CallOptions& options);
  /// Tells breaker and metrics how it went. `error` is null for success.
  void end(const Started& started, const PluginError* error);
  Expected<std::string> call(std::string_view input, const CallOptions& options);
  PluginMetrics metrics() const;

  /// Whom calls go to.
  std::shared_ptr<Generation> current() const;

  const std::string name;
  const PluginServices services;

private:
  Expected<Lease> lease(uint64_t input_bytes, Store::Clock::time_point start,
                        const CallOptions& options) const;
  PluginError breaker_error() const;

  const std::shared_ptr<InstanceCap> cap_;
  const std::shared_ptr<CallMetrics> metrics_ = std::make_shared<CallMetrics>();
  CircuitBreaker breaker_;
  mutable std::mutex mutex_;            // guards the pointer only
  std::shared_ptr<Generation> current_; // swapped by a reload
};

} // namespace skerry::host
