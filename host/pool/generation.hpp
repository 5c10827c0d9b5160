// Generation: a version of a plugin in service, with its instances, circuit breaker and error rate. Internal.
#pragma once

#include "host/metrics/call_metrics.hpp"
#include "host/pool/circuit_breaker.hpp"
#include "host/pool/error_rate_monitor.hpp"
#include "host/pool/instance_pool.hpp"
#include "host/pool/version.hpp"
#include "skerry/host/plugin.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::host {

/// A version in service, with its instances. A Generation lives until its last call has ended, even if
/// another Generation has become current in the meantime. A version that a rollback puts back in service gets
/// a new Generation. Thread-safe.
class Generation : public std::enable_shared_from_this<Generation> {
public:
  using Clock = Store::Clock;
  using InstancePtr = InstancePool::InstancePtr;

  /// `first` is an instance in its state after `init`. The caller must have taken a place for this instance
  /// from `cap`. The generation becomes the owner of the place, and gives the place back when the generation
  /// is closed. `metrics` counts the calls of all versions of the plugin.
  Generation(VersionPtr version, InstancePtr first, std::shared_ptr<InstanceCap> cap,
             std::shared_ptr<CallMetrics> metrics);

  /// Asks the breaker whether a call may run. The caller must then report the call's outcome with
  /// record_result or record_rejected.
  CircuitBreaker::Admission admit() { return breaker_.admit(Clock::now()); }
  PluginError breaker_error() const;
  /// Waits for an instance for a call that began at `start`; with `may_wait` false, takes one only if it is
  /// free. Only Lease::take calls this function, because
  /// the Lease later gives the instance back. Errors: codes "busy", "timeout", "unloaded", and those of
  /// making an instance.
  [[nodiscard]] Expected<InstancePtr> acquire(Clock::time_point start, std::chrono::milliseconds timeout,
                                              bool may_wait);
  /// Records the call's fuel and memory, resets the instance if it is broken or the manifest's pool.state is
  /// `fresh`, and returns the instance to the pool.
  void give_back(InstancePtr instance, uint64_t fuel_before) noexcept;
  /// Called when a call that holds a lease is suspended. The call is then "parked". Neither an unload nor a
  /// reload waits for a parked call.
  void park() { pool_->park(); }
  /// Called before a parked call resumes. Returns false if the plugin was unloaded in the meantime.
  bool unpark() { return pool_->unpark(); }
  PluginError unloaded() const;

  /// Records the outcome of a call that had an instance; a null `error` means success. Returns true if this
  /// call makes the error rate of a new version reach the manifest's limit (rollback_on_error_rate).
  bool record_result(CircuitBreaker::Admission admission, const PluginError* error,
                     Clock::duration time) noexcept;
  /// Like record_result, for a call that was rejected before it had an instance.
  bool record_rejected(CircuitBreaker::Admission admission, PluginErrorCode code) noexcept;
  std::chrono::milliseconds timeout(const CallOptions& options) const {
    return std::min(options.timeout.value_or(manifest().timeout), manifest().timeout);
  }

  /// Starts to measure the error rate of a new version. A high error rate triggers a rollback.
  void start_error_monitor() { error_monitor_.start(Clock::now()); }

  /// Takes the next free instance out of service until put_back is called. Returns nothing if no instance
  /// becomes free before `deadline`, or if the generation is closed.
  std::optional<InstancePtr> hold(Clock::time_point deadline);
  void put_back(InstancePtr instance) { pool_->release(std::move(instance)); }
  /// Rejects new and waiting calls from now on; does not wait.
  void stop_admitting() { pool_->stop_admitting(); }
  /// Rejects new calls, and returns when the running and waiting calls have ended.
  void drain() { pool_->drain(); }
  /// Rejects new and waiting calls, waits for running ones, and calls the guest's `destroy`. With
  /// `refuse_parked`, parked calls cannot resume. Closing again does nothing.
  [[nodiscard]] Expected<void> close(bool refuse_parked = true);
  void resize(uint32_t size) { pool_->resize(size); }

  const VersionPtr& version() const noexcept { return version_; }
  const PluginCode& code() const noexcept { return version_->code(); }
  const Manifest& manifest() const noexcept { return version_->manifest(); }
  PoolUsage usage() const { return pool_->usage(); }
  PoolConfig pool() const {
    PoolConfig config = manifest().pool;
    config.size = pool_->size();
    return config;
  }
  bool circuit_open() const { return breaker_.state() != CircuitBreaker::State::closed; }

private:
  PluginError refusal(InstancePool::Refused why, Clock::time_point start,
                      std::chrono::milliseconds timeout) const;
  InstancePtr cleaned(InstancePtr instance) noexcept;

  const VersionPtr version_;
  const std::shared_ptr<CallMetrics> metrics_;
  CircuitBreaker breaker_;
  ErrorRateMonitor error_monitor_;
  std::optional<InstancePool> pool_;
};

} // namespace skerry::host
