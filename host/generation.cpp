#include "host/generation.hpp"

#include "host/engine_error.hpp"
#include "host/json.hpp"
#include "host/lease.hpp"

#include <algorithm>

namespace skerry::host {

using std::chrono::milliseconds;

Expected<std::shared_ptr<Generation>> Generation::build(std::unique_ptr<const PluginCode> code,
                                                        std::shared_ptr<InstanceCap> cap,
                                                        std::shared_ptr<CallMetrics> metrics) {
  std::shared_ptr<Generation> made(new Generation(std::move(code), std::move(metrics)));
  auto first = made->first_instance();
  if (!first) {
    cap->give_back();
    return std::unexpected(std::move(first.error()));
  }
  const PoolConfig& pool = made->manifest().pool;
  made->pool_.emplace(
      std::move(*first), pool.size, pool.max_waiting, [self = made.get()] { return self->make_instance(); },
      std::move(cap));
  return made;
}

Expected<Generation::InstancePtr> Generation::first_instance() {
  auto instance = PluginInstance::start(*code_);
  if (!instance) return instance;
  auto answer = (*instance)->meta();
  if (!answer) return std::unexpected(std::move(answer.error()));
  if (auto ok = check_meta(*answer); !ok) return std::unexpected(std::move(ok.error()));
  if (auto ready = (*instance)->init(); !ready) return std::unexpected(std::move(ready.error()));
  if (auto image = (*instance)->freeze()) image_ = std::move(*image);
  return instance;
}

/// The guest must be who the manifest says it is; what else it tells is its own business.
Expected<void> Generation::check_meta(const std::optional<std::string>& answer) {
  const Manifest& m = manifest();
  meta_ = answer.value_or(to_json(m.meta));
  if (!answer) return {};
  auto json = parse_json(*answer);
  std::string problem;
  if (!json) {
    problem = "the plugin's meta is not JSON: " + json.error();
  } else if (!json->is_object() || !json->contains("name")) {
    problem = "the plugin's meta has no \"name\"";
  } else if ((*json)["name"] != m.meta.name) {
    problem = "the plugin calls itself " + dump_json((*json)["name"]) + ", the manifest calls it \"" +
              m.meta.name + "\"";
  }
  if (problem.empty()) return {};
  return std::unexpected(make_error(m, Phase::init, "meta", std::move(problem)));
}

Expected<Generation::InstancePtr> Generation::make_instance() const {
  if (image_) return PluginInstance::from_image(*code_, *image_);
  auto instance = PluginInstance::start(*code_);
  if (!instance) return instance;
  if (auto ready = (*instance)->init(); !ready) return std::unexpected(std::move(ready.error()));
  return instance;
}

PluginError Generation::unloaded() const {
  return make_error(manifest(), Phase::call, "unloaded", "the plugin was unloaded");
}

PluginError Generation::refusal(InstancePool::Refused why, Clock::time_point start,
                                milliseconds timeout) const {
  const PoolConfig& pool = manifest().pool;
  auto waited = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  if (why == InstancePool::Refused::closed) return unloaded();
  if (why == InstancePool::Refused::full) {
    auto error = make_error(manifest(), Phase::call, "busy",
                            std::to_string(pool.max_waiting) + " callers wait already");
    error.limit = LimitReport{"waiting", "calls", pool.max_waiting, std::nullopt, "pool.maxWaiting"};
    return error;
  }
  bool late = timeout <= pool.max_wait;
  auto error = make_error(manifest(), Phase::call, late ? "timeout" : "busy",
                          "no instance became free within " + std::to_string(waited.count() / 1000) + " ms");
  error.limit = LimitReport{late ? "time" : "wait", "ms",
                            static_cast<uint64_t>((late ? timeout : pool.max_wait).count()), std::nullopt,
                            late ? "timeout" : "pool.maxWait"};
  error.elapsed = waited;
  return error;
}

Expected<Generation::InstancePtr> Generation::wait_for_turn(Clock::time_point start, milliseconds timeout) {
  auto instance = pool_->acquire(start + std::min(timeout, manifest().pool.max_wait));
  if (instance) return std::move(*instance);
  if (auto* error = std::get_if<PluginError>(&instance.error())) return std::unexpected(std::move(*error));
  return std::unexpected(refusal(std::get<InstancePool::Refused>(instance.error()), start, timeout));
}

/// The instance as it was after `init`, or null when there is no way back.
Generation::InstancePtr Generation::cleaned(InstancePtr instance) const {
  if (image_ && instance->restore(*image_)) {
    metrics_->reset_instance();
    return instance;
  }
  metrics_->replaced_instance();
  return nullptr;
}

Expected<Lease> Generation::lease(uint64_t input_bytes, Clock::time_point start, milliseconds timeout) {
  const uint64_t buffer_bytes = input_bytes + manifest().capabilities.max_output_bytes();
  const std::shared_ptr<ByteBudget>& budget = code_->services.budget;
  BudgetShare buffers(budget, buffer_bytes);
  if (!buffers)
    return std::unexpected(
        budget_error(manifest(), Phase::call, *budget, "the call's buffers need", buffer_bytes));
  auto instance = wait_for_turn(start, timeout);
  if (!instance) return std::unexpected(std::move(instance.error()));
  metrics_->waited(Clock::now() - start);
  return Lease(shared_from_this(), std::move(buffers), std::move(*instance));
}

void Generation::give_back(InstancePtr instance, uint64_t fuel_before) {
  const PluginInstance& guest = *instance;
  metrics_->executed(guest.fuel_used() - fuel_before, guest.memory_bytes(), guest.dropped_log_lines());
  const bool must_clean = guest.broken() || manifest().pool.state == StateMode::fresh;
  pool_->release(must_clean ? cleaned(std::move(instance)) : std::move(instance));
}

/// With `keep` each instance has lived a life of its own; else they are all the same, and one speaks for all.
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
