// A loaded plugin: who serves its calls, breaker, metrics.
#include "skerry/host/plugin.hpp"

#include "host/engine_error.hpp"
#include "host/plugin_impl.hpp"
#include "skerry/host/plugin_call.hpp"

#include <algorithm>

namespace skerry::host {

using std::chrono::milliseconds;

Plugin::Impl::Impl(const Manifest& manifest, PluginServices shared, std::shared_ptr<InstanceCap> cap)
    : name(manifest.meta.name), services(std::move(shared)), cap_(std::move(cap)),
      breaker_(manifest.breaker) {}

Expected<void> Plugin::Impl::load(const Engine& engine, const Manifest& manifest, uint64_t max_module_bytes) {
  auto code = load_code(engine, manifest, max_module_bytes, services);
  if (!code) return std::unexpected(std::move(code.error()));
  if (!cap_->take()) {
    auto error = make_error(manifest, Phase::instantiate, "limit.instances",
                            "the host has " + std::to_string(cap_->allowed()) +
                                " instances, which is as many as it may have");
    error.limit =
        LimitReport{"instances", "instances", cap_->allowed(), std::nullopt, "ManagerOptions::max_instances"};
    return std::unexpected(std::move(error));
  }
  auto generation = Generation::build(std::move(*code), cap_, metrics_);
  if (!generation) return std::unexpected(std::move(generation.error()));
  std::shared_ptr<Generation> before = std::move(*generation);
  {
    std::lock_guard lock(mutex_);
    current_.swap(before);
  }
  if (before) (void)before->retire(); // the new one serves: nobody waits for what the old one says at its end
  return {};
}

std::shared_ptr<Generation> Plugin::Impl::current() const {
  std::lock_guard lock(mutex_);
  return current_;
}

PluginError Plugin::Impl::breaker_error() const {
  auto left = std::chrono::ceil<milliseconds>(breaker_.open_until() - Store::Clock::now());
  auto generation = current();
  return make_error(generation->manifest(), Phase::call, "breaker_open",
                    left.count() > 0 ? "the plugin failed too often; it is tried again in " +
                                           std::to_string(left.count()) + " ms"
                                     : "the plugin failed too often; a call is trying it at this moment");
}

/// Who reaches a generation when it has just been replaced goes on to its successor.
Expected<Lease> Plugin::Impl::lease(uint64_t input_bytes, Store::Clock::time_point start,
                                    const CallOptions& options) const {
  for (std::shared_ptr<Generation> generation = current();;) {
    const milliseconds longest = generation->manifest().timeout;
    auto lease = generation->lease(input_bytes, start, std::min(options.timeout.value_or(longest), longest));
    std::shared_ptr<Generation> next = current();
    if (lease || next == generation || lease.error().code != "unloaded") return lease;
    generation = std::move(next);
  }
}

Expected<Plugin::Impl::Started> Plugin::Impl::begin(uint64_t input_bytes, const CallOptions& options) {
  const auto start = Store::Clock::now();
  const auto admission = breaker_.admit(start);
  if (admission == CircuitBreaker::Admission::refused) {
    metrics_->call_refused("breaker_open");
    return std::unexpected(breaker_error());
  }
  auto lent = lease(input_bytes, start, options);
  if (!lent) {
    breaker_.record(admission, CircuitBreaker::Outcome::none, Store::Clock::now());
    metrics_->call_refused(lent.error().code);
    return std::unexpected(std::move(lent.error()));
  }
  const milliseconds longest = lent->generation().manifest().timeout;
  const auto deadline = start + std::min(options.timeout.value_or(longest), longest);
  return Started{admission, start, deadline, std::move(*lent)};
}

void Plugin::Impl::end(const Started& started, const PluginError* error) {
  using Outcome = CircuitBreaker::Outcome;
  const auto end = Store::Clock::now();
  if (error == nullptr) {
    breaker_.record(started.admission, Outcome::success, end);
    metrics_->call_succeeded(end - started.start);
    return;
  }
  const bool to_blame = error->code != "cancelled" && error->code != "unloaded";
  breaker_.record(started.admission, to_blame ? Outcome::failure : Outcome::none, end);
  metrics_->call_failed(error->code, end - started.start);
}

Expected<std::string> Plugin::Impl::call(std::string_view input, const CallOptions& options) {
  auto started = begin(input.size(), options);
  if (!started) return std::unexpected(std::move(started.error()));
  auto result = started->lease->execute(input, started->deadline);
  end(*started, result ? nullptr : &result.error());
  return result;
}

PluginMetrics Plugin::Impl::metrics() const {
  PluginMetrics m = metrics_->snapshot();
  const PoolUsage usage = current()->usage();
  m.plugin = name;
  m.instances = usage.instances, m.busy = usage.busy, m.waiting = usage.waiting;
  m.budget_used = services.budget->used(), m.budget = services.budget->allowed();
  m.circuit_open = breaker_.state() != CircuitBreaker::State::closed;
  return m;
}

Expected<void> Plugin::Impl::unload() { return current()->close(); }

Plugin::Plugin(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Plugin::~Plugin() = default;

const std::string& Plugin::name() const noexcept { return impl_->name; }
Manifest Plugin::manifest() const { return impl_->current()->manifest(); }
std::string Plugin::meta() const { return impl_->current()->meta(); }
PluginMetrics Plugin::metrics() const { return impl_->metrics(); }
void Plugin::resize(uint32_t instances) { impl_->current()->resize(instances); }
void Plugin::drain() { impl_->current()->drain(); }

Expected<std::string> Plugin::call(std::string_view input, const CallOptions& options) {
  return impl_->call(input, options);
}

Expected<PluginCall> Plugin::begin(std::string input, const CallOptions& options) {
  return PluginCall::begin(shared_from_this(), std::move(input), options);
}

Expected<PluginResult> Plugin::execute(const PluginContext& context, const CallOptions& options) {
  auto input = to_json(context);
  if (!input) return std::unexpected(std::move(input.error()));
  auto output = call(*input, options);
  if (!output) return std::unexpected(std::move(output.error()));
  return parse_plugin_result(*output);
}

} // namespace skerry::host
