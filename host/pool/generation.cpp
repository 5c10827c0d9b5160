#include "host/pool/generation.hpp"

#include "host/support/engine_error.hpp"
#include "host/support/fail.hpp"
#include "host/support/out_of_memory.hpp"

namespace skerry::host {

using std::chrono::milliseconds;

Generation::Generation(VersionPtr version, InstancePtr first, std::shared_ptr<InstanceCap> cap,
                       std::shared_ptr<CallMetrics> metrics)
    : version_(std::move(version)), metrics_(std::move(metrics)), breaker_(manifest().breaker),
      error_monitor_(manifest().reload) {
  const PoolConfig& pool = manifest().pool;
  pool_.emplace(
      std::move(first), pool.size, pool.max_waiting, [this] { return version_->make_instance(); },
      std::move(cap));
}

PluginError Generation::unloaded() const {
  return make_error(manifest(), Phase::call, PluginErrorCode::unloaded, "the plugin was unloaded");
}

PluginError Generation::refusal(InstancePool::Refused why, Clock::time_point start,
                                milliseconds timeout) const {
  const PoolConfig& pool = manifest().pool;
  auto waited = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  if (why == InstancePool::Refused::closed) return unloaded();
  if (why == InstancePool::Refused::full) {
    auto error = make_error(manifest(), Phase::call, PluginErrorCode::busy,
                            std::to_string(pool.max_waiting) + " callers are already waiting");
    error.limit = LimitReport{"waiting", "calls", pool.max_waiting, std::nullopt, "pool.maxWaiting"};
    return error;
  }
  bool late = timeout <= pool.max_wait;
  auto error = make_error(manifest(), Phase::call, late ? PluginErrorCode::timeout : PluginErrorCode::busy,
                          "no instance became free within " + std::to_string(waited.count() / 1000) + " ms");
  error.limit = LimitReport{late ? "time" : "wait", "ms",
                            static_cast<uint64_t>((late ? timeout : pool.max_wait).count()), std::nullopt,
                            late ? "timeout" : "pool.maxWait"};
  error.elapsed = waited;
  return error;
}

PluginError Generation::breaker_error() const {
  auto left = std::chrono::ceil<milliseconds>(breaker_.open_until() - Clock::now());
  return make_error(manifest(), Phase::call, PluginErrorCode::breaker_open,
                    left.count() > 0 ? "the plugin failed too often; it is tried again in " +
                                           std::to_string(left.count()) + " ms"
                                     : "the plugin failed too often; a call is testing it now");
}

std::optional<Generation::InstancePtr> Generation::hold(Clock::time_point deadline) {
  auto instance = pool_->acquire(deadline);
  if (!instance) return std::nullopt;
  return std::move(*instance);
}

Expected<Generation::InstancePtr> Generation::acquire(Clock::time_point start, milliseconds timeout,
                                                      bool may_wait) {
  const auto end = start + std::min(timeout, manifest().pool.max_wait);
  auto instance = pool_->acquire(may_wait ? end : Clock::time_point::min());
  if (instance) {
    metrics_->waited(Clock::now() - start);
    return std::move(*instance);
  }
  if (auto* error = std::get_if<PluginError>(&instance.error())) return fail(std::move(*error));
  auto why = std::get<InstancePool::Refused>(instance.error());
  if (why == InstancePool::Refused::late && !may_wait) why = InstancePool::Refused::full;
  return fail(refusal(why, start, timeout));
}

/// Resets the instance to its state after `init`. Returns null if the instance cannot be reset.
Generation::InstancePtr Generation::cleaned(InstancePtr instance) noexcept {
  instance = version_->cleaned(std::move(instance));
  if (instance)
    metrics_->reset_instance();
  else
    metrics_->replaced_instance();
  return instance;
}

void Generation::give_back(InstancePtr instance, uint64_t fuel_before) noexcept {
  const PluginInstance& guest = *instance;
  metrics_->executed(guest.fuel_used() - fuel_before, guest.memory_bytes(), guest.dropped_log_lines());
  const bool must_clean = guest.broken() || manifest().pool.state == StateMode::fresh;
  pool_->release(must_clean ? cleaned(std::move(instance)) : std::move(instance));
}

bool Generation::record_result(CircuitBreaker::Admission admission, const PluginError* error,
                               Clock::duration time) noexcept {
  using Outcome = CircuitBreaker::Outcome;
  const auto now = Clock::now();
  if (error == nullptr) {
    breaker_.record(admission, Outcome::success, now);
    version_->metrics.call_succeeded(time);
    return error_monitor_.record(false, now);
  }
  const bool to_blame = blame(error->code) == Blame::plugin;
  breaker_.record(admission, to_blame ? Outcome::failure : Outcome::none, now);
  version_->metrics.call_failed(error->code, time);
  return to_blame && error_monitor_.record(true, now);
}

/// A call that was rejected because the pool is closed is not counted here, because the call tries the next
/// generation, which counts the call.
bool Generation::record_rejected(CircuitBreaker::Admission admission, PluginErrorCode code) noexcept {
  const auto now = Clock::now();
  const bool by_breaker = admission == CircuitBreaker::Admission::refused;
  if (!by_breaker) breaker_.record(admission, CircuitBreaker::Outcome::none, now);
  if (code != PluginErrorCode::unloaded) version_->metrics.call_refused(code);
  return by_breaker && error_monitor_.record(true, now);
}

/// In mode `fresh`, calls `destroy` in only one instance, because all instances are in the same state after
/// their reset. In mode `keep` each instance has its own state, so `destroy` runs in all of them.
Expected<void> Generation::close(bool refuse_parked) {
  std::vector<InstancePtr> left = pool_->close(refuse_parked);
  if (manifest().pool.state == StateMode::fresh && left.size() > 1) left.resize(1);
  Expected<void> done;
  for (InstancePtr& instance : left) {
    auto destroyed = instance->destroy();
    if (!destroyed && done) done = std::move(destroyed);
  }
  return done;
}

} // namespace skerry::host
