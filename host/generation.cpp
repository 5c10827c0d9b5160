#include "host/generation.hpp"

#include "host/engine_error.hpp"
#include "host/json.hpp"

#include <algorithm>

namespace skerry::host {

using std::chrono::milliseconds;

namespace {

/// Gives back what a call took of the plugin's budget for its buffers.
class BufferBudget {
public:
  BufferBudget(ByteBudget& budget, uint64_t bytes)
      : budget_(budget), bytes_(bytes), taken_(budget.take(bytes)) {}
  ~BufferBudget() {
    if (taken_) budget_.give_back(bytes_);
  }
  BufferBudget(const BufferBudget&) = delete;
  BufferBudget& operator=(const BufferBudget&) = delete;
  explicit operator bool() const noexcept { return taken_; }

private:
  ByteBudget& budget_;
  uint64_t bytes_;
  bool taken_;
};

PluginError over_budget(const PluginCode& code, uint64_t asked) {
  const ByteBudget& budget = *code.services.budget;
  auto error = make_error(code.manifest, Phase::call, "limit.total",
                          "the call's buffers need " + std::to_string(asked) + " bytes of a budget of " +
                              std::to_string(budget.allowed()) + ", " + std::to_string(budget.used()) +
                              " are in use; capabilities.maxTotalMB raises it");
  error.limit =
      LimitReport{"total", "bytes", budget.allowed(), budget.used() + asked, "capabilities.maxTotalMB"};
  return error;
}

} // namespace

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

PluginError Generation::refusal(InstancePool::Refused why, Clock::time_point start,
                                milliseconds timeout) const {
  const PoolConfig& pool = manifest().pool;
  auto waited = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  if (why == InstancePool::Refused::closed)
    return make_error(manifest(), Phase::call, "unloaded", "the plugin was unloaded");
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

Generation::Answer Generation::call(std::string_view input, Clock::time_point start, milliseconds timeout) {
  const uint64_t buffer_bytes = input.size() + manifest().capabilities.max_output_bytes();
  BufferBudget buffers(*code_->services.budget, buffer_bytes);
  if (!buffers) return {std::unexpected(over_budget(*code_, buffer_bytes)), false};
  auto instance = wait_for_turn(start, timeout);
  if (!instance) return {std::unexpected(std::move(instance.error())), false};
  metrics_->waited(Clock::now() - start);
  PluginInstance& guest = **instance;
  const uint64_t fuel_before = guest.fuel_used();
  Answer answer{guest.execute(input, start + timeout)};
  metrics_->executed(guest.fuel_used() - fuel_before, guest.memory_bytes(), guest.dropped_log_lines());
  const bool must_clean = guest.broken() || manifest().pool.state == StateMode::fresh;
  pool_->release(must_clean ? cleaned(std::move(*instance)) : std::move(*instance));
  return answer;
}

/// With `keep` each instance has lived a life of its own; else they are all the same, and one speaks for all.
Expected<void> Generation::close() {
  std::vector<InstancePtr> left = pool_->close();
  if (manifest().pool.state == StateMode::fresh && left.size() > 1) left.resize(1);
  Expected<void> done;
  for (InstancePtr& instance : left) {
    auto destroyed = instance->destroy();
    if (!destroyed && done) done = std::move(destroyed);
  }
  return done;
}

} // namespace skerry::host
