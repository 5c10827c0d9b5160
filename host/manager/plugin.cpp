// A loaded plugin: who serves its calls, and what is known of them.
#include "skerry/host/plugin.hpp"

#include "host/support/out_of_memory.hpp"
#include "host/pool/loaded_plugin.hpp"
#include "host/reload/rollback.hpp"
#include "skerry/host/plugin_call.hpp"

namespace skerry::host {

using std::chrono::milliseconds;

Plugin::Impl::Impl(const Manifest& manifest, std::filesystem::path file, std::shared_ptr<PluginHost> shared)
    : name(manifest.meta.name), manifest_file(std::move(file)), host(std::move(shared)),
      store(std::make_shared<KeyValueStore>(
          manifest.capabilities, std::make_shared<ByteBudget>(manifest.capabilities.max_total_bytes()))) {}

PluginServices Plugin::Impl::services_for(const Manifest& manifest) const {
  return {host->options.guest_output, host->options.guest_log,
          std::make_shared<ByteBudget>(manifest.capabilities.max_total_bytes()), store,
          host->options.imports};
}

Expected<void> Plugin::Impl::load(const Manifest& manifest) {
  auto file = read_module(manifest, host->options.max_module_bytes);
  if (!file) return std::unexpected(std::move(file.error()));
  if (auto ok = check_pin(manifest, *file); !ok) return ok;
  auto code = load_code(host->engine, manifest, file->bytes, services_for(manifest));
  if (!code) return std::unexpected(std::move(code.error()));
  auto place = InstancePlace::take(manifest, host->cap);
  if (!place) return std::unexpected(std::move(place.error()));
  auto version = std::make_shared<Version>(std::move(*code), std::move(file->hash));
  auto first = version->start();
  if (!first) return std::unexpected(std::move(first.error()));
  if (auto ok = version->ask_meta(**first); !ok) return ok;
  if (auto ok = version->prepare(**first); !ok) return ok;
  (void)store->move_to(manifest.capabilities, version->code().services.budget); // it is empty
  auto generation =
      std::make_shared<Generation>(std::move(version), std::move(*first), place->cap(), call_metrics);
  place->hand_on();
  (void)serving.swap(nullptr, std::move(generation));
  return {};
}

/// Who reaches a generation when it has just been replaced goes on to its successor.
Expected<Plugin::Impl::Started> Plugin::Impl::begin(uint64_t input_bytes,
                                                    const CallOptions& options) noexcept {
  const auto start = Store::Clock::now();
  for (GenerationPtr generation = current();;) {
    const auto admission = generation->admit();
    const milliseconds timeout = generation->timeout(options);
    auto lent = catching_out_of_memory(name, Phase::call, "calling a plugin", [&]() -> Expected<Lease> {
      if (admission == CircuitBreaker::Admission::refused)
        return std::unexpected(generation->breaker_error());
      return generation->lease(input_bytes, start, timeout);
    });
    if (lent) return Started{admission, start, start + timeout, std::move(*lent)};
    const std::string& code = lent.error().code;
    const bool trial_failed = generation->turned_away(admission, code);
    GenerationPtr next = current();
    if (code == "unloaded" && next != generation) {
      generation = std::move(next);
      continue;
    }
    call_metrics->call_refused(code);
    if (trial_failed) roll_back_in_background(*this, std::move(generation));
    return std::unexpected(std::move(lent.error()));
  }
}

GenerationPtr Plugin::Impl::end(const Started& started, const PluginError* error) noexcept {
  const auto time = Store::Clock::now() - started.start;
  if (error == nullptr)
    call_metrics->call_succeeded(time);
  else
    call_metrics->call_failed(error->code, time);
  Generation& generation = started.lease.generation();
  return generation.ended(started.admission, error, time) ? generation.shared_from_this() : nullptr;
}

Expected<std::string> Plugin::Impl::call(std::string_view input, const CallOptions& options) {
  GenerationPtr failed;
  const auto run = [&]() -> Expected<std::string> {
    auto started = begin(input.size(), options);
    if (!started) return std::unexpected(std::move(started.error()));
    auto result = started->lease->execute(input, started->deadline);
    failed = end(*started, result ? nullptr : &result.error());
    return result;
  };
  auto result = run();
  if (failed)
    roll_back_in_background(*this, std::move(failed)); // it waits for calls, so ours must have ended
  return result;
}

namespace {

VersionMetrics metrics_of(const Version& version, bool serving) {
  const PluginMetrics counted = version.metrics.snapshot();
  return {version.manifest().meta.version,
          version.hash(),
          serving,
          counted.calls,
          counted.errors,
          counted.latency};
}

} // namespace

PluginMetrics Plugin::Impl::metrics() const {
  const GenerationPtr generation = current();
  const ByteBudget& budget = *generation->code().services.budget;
  PluginMetrics m = call_metrics->snapshot();
  const PoolUsage usage = generation->usage();
  m.plugin = name;
  m.instances = usage.instances, m.busy = usage.busy, m.waiting = usage.waiting;
  m.budget_used = budget.used(), m.budget = budget.allowed();
  m.circuit_open = generation->circuit_open();
  m.reloads = reload_counts.snapshot();
  m.versions.push_back(metrics_of(*generation->version(), true));
  for (const VersionPtr& version : serving.kept()) m.versions.push_back(metrics_of(*version, false));
  return m;
}

Expected<void> Plugin::Impl::unload() noexcept {
  serving.leave();
  serving.forget_kept();
  return catching_out_of_memory(name, Phase::call, "unloading a plugin", [&] { return current()->close(); });
}

void Plugin::Impl::drain() {
  serving.leave();
  current()->drain();
}

Plugin::Plugin(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Plugin::~Plugin() = default;

const std::string& Plugin::name() const noexcept { return impl_->name; }
Manifest Plugin::manifest() const { return impl_->current()->manifest(); }
std::string Plugin::meta() const { return impl_->current()->version()->meta(); }
PluginMetrics Plugin::metrics() const { return impl_->metrics(); }
void Plugin::resize(uint32_t instances) { impl_->current()->resize(instances); }
void Plugin::drain() { impl_->drain(); }

Expected<std::string> Plugin::call(std::string_view input, const CallOptions& options) {
  return impl_->call(input, options);
}

Expected<PluginCall> Plugin::begin(std::string input, const CallOptions& options) {
  return PluginCall::begin(shared_from_this(), std::move(input), options);
}

Expected<PluginResult> Plugin::execute(const PluginContext& context, const CallOptions& options) {
  return catching_out_of_memory(impl_->name, Phase::call, "calling a plugin",
                                [&]() -> Expected<PluginResult> {
                                  auto input = to_json(context);
                                  if (!input) return std::unexpected(std::move(input.error()));
                                  auto output = call(*input, options);
                                  if (!output) return std::unexpected(std::move(output.error()));
                                  return parse_plugin_result(*output);
                                });
}

} // namespace skerry::host
