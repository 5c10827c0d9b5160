// One version of a plugin: its code, the frozen state after `init`, and the pool of its instances. Internal.
#pragma once

#include "host/call_metrics.hpp"
#include "host/instance_pool.hpp"
#include "host/plugin_instance.hpp"

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

  /// Makes the first instance, compares `meta` with the manifest, runs `init`, freezes. `cap` must have been
  /// asked for one instance, which the generation gives back in the end, also when this fails.
  static Expected<std::shared_ptr<Generation>> build(std::unique_ptr<const PluginCode> code,
                                                     std::shared_ptr<InstanceCap> cap,
                                                     std::shared_ptr<CallMetrics> metrics);

  /// An instance for a call that began at `start` and has so much input: waits for its turn. Errors: codes
  /// "busy", "timeout", "unloaded", "limit.total", and those of making an instance.
  Expected<Lease> lease(uint64_t input_bytes, Clock::time_point start, std::chrono::milliseconds timeout);
  /// Whoever has a lease and lets it rest says so, and neither an unload nor a reload waits for it.
  void park() { pool_->park(); }
  /// Before it goes on. False: the plugin was unloaded meanwhile.
  bool unpark() { return pool_->unpark(); }
  PluginError unloaded() const;

  /// Lets nobody in any more and waits for the calls that run; then the guest may `destroy` itself.
  Expected<void> close(bool refuse_parked = true);
  /// Like close, but those who wait are served first, and calls that rest may go on.
  Expected<void> retire() {
    pool_->drain();
    return close(false);
  }
  void drain() { pool_->drain(); }
  void resize(uint32_t size) { pool_->resize(size); }

  const PluginCode& code() const noexcept { return *code_; }
  const Manifest& manifest() const noexcept { return code_->manifest; }
  const std::string& meta() const noexcept { return meta_; }
  PoolUsage usage() const { return pool_->usage(); }

private:
  friend class Lease;
  using InstancePtr = InstancePool::InstancePtr;

  Generation(std::unique_ptr<const PluginCode> code, std::shared_ptr<CallMetrics> metrics)
      : code_(std::move(code)), metrics_(std::move(metrics)) {}
  Expected<void> check_meta(const std::optional<std::string>& answer);
  Expected<InstancePtr> first_instance();
  Expected<InstancePtr> make_instance() const;
  Expected<InstancePtr> wait_for_turn(Clock::time_point start, std::chrono::milliseconds timeout);
  PluginError refusal(InstancePool::Refused why, Clock::time_point start,
                      std::chrono::milliseconds timeout) const;
  InstancePtr cleaned(InstancePtr instance) const;
  void give_back(InstancePtr instance, uint64_t fuel_before);

  const std::unique_ptr<const PluginCode> code_;
  const std::shared_ptr<CallMetrics> metrics_;
  std::string meta_;
  std::optional<Image> image_; // none: an instance cannot be frozen, and each call gets a new one
  std::optional<InstancePool> pool_;
};

} // namespace skerry::host
