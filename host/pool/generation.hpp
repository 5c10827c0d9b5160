// A version of a plugin that serves: the pool of its instances, its breaker, its trial. Internal.
#pragma once

#include "host/metrics/call_metrics.hpp"
#include "host/pool/circuit_breaker.hpp"
#include "host/pool/instance_pool.hpp"
#include "host/pool/error_rate_monitor.hpp"
#include "host/pool/version.hpp"
#include "skerry/host/plugin.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::host {

class Lease;

/// Lives until its last call has ended, whoever is current meanwhile. Thread-safe.
class Generation : public std::enable_shared_from_this<Generation> {
public:
  using Clock = Store::Clock;
  using InstancePtr = InstancePool::InstancePtr;

  /// `first` is an instance where `init` ended. One instance of `cap` must have been taken, which the
  /// generation gives back in the end, if it could be made. `metrics` are those of the plugin.
  Generation(VersionPtr version, InstancePtr first, std::shared_ptr<InstanceCap> cap,
             std::shared_ptr<CallMetrics> metrics);

  /// Asks the breaker. Each call that is not refused is to be followed by `ended` or `turned_away`.
  CircuitBreaker::Admission admit() { return breaker_.admit(Clock::now()); }
  PluginError breaker_error() const;
  /// An instance for a call that began at `start` and has so much input: waits for its turn. Errors: codes
  /// "busy", "timeout", "unloaded", "limit.total", and those of making an instance.
  Expected<Lease> lease(uint64_t input_bytes, Clock::time_point start, std::chrono::milliseconds timeout);
  /// Whoever has a lease and lets it rest says so, and neither an unload nor a reload waits for it.
  void park() { pool_->park(); }
  /// Before it goes on. False: the plugin was unloaded meanwhile.
  bool unpark() { return pool_->unpark(); }
  PluginError unloaded() const;

  /// How a call went that had an instance; null: well. True for the one with which a new version had failed
  /// too often.
  bool ended(CircuitBreaker::Admission admission, const PluginError* error, Clock::duration time) noexcept;
  /// A call that did not get so far. True: the same.
  bool turned_away(CircuitBreaker::Admission admission, const std::string& code) noexcept;
  std::chrono::milliseconds timeout(const CallOptions& options) const {
    return std::min(options.timeout.value_or(manifest().timeout), manifest().timeout);
  }

  /// From now on its failures may bring the version before back.
  void begin_trial() { trial_.begin(Clock::now()); }

  /// The next instance that is free; nobody else has it until it is given back. Nothing when it takes too
  /// long, or the generation is closed.
  std::optional<InstancePtr> hold(Clock::time_point deadline);
  void put_back(InstancePtr instance) { pool_->release(std::move(instance)); }
  /// Lets nobody in any more; refuses those who wait, without waiting itself.
  void shut() { pool_->shut(); }

  /// Lets nobody in any more and waits for the calls that run and those that wait.
  void drain() { pool_->drain(); }
  /// Lets nobody in any more, refuses those who wait, waits for the calls that run; then the guest may
  /// `destroy` itself. `refuse_parked`: calls that rest may not go on. Again: does nothing.
  Expected<void> close(bool refuse_parked = true);
  void resize(uint32_t size) { pool_->resize(size); }

  const VersionPtr& version() const noexcept { return version_; }
  const PluginCode& code() const noexcept { return version_->code(); }
  const Manifest& manifest() const noexcept { return version_->manifest(); }
  PoolUsage usage() const { return pool_->usage(); }
  bool circuit_open() const { return breaker_.state() != CircuitBreaker::State::closed; }

private:
  friend class Lease;
  Expected<InstancePtr> wait_for_turn(Clock::time_point start, std::chrono::milliseconds timeout);
  PluginError refusal(InstancePool::Refused why, Clock::time_point start,
                      std::chrono::milliseconds timeout) const;
  InstancePtr cleaned(InstancePtr instance) noexcept;
  void give_back(InstancePtr instance, uint64_t fuel_before) noexcept;

  const VersionPtr version_;
  const std::shared_ptr<CallMetrics> metrics_;
  CircuitBreaker breaker_;
  Trial trial_;
  std::optional<InstancePool> pool_;
};

} // namespace skerry::host
