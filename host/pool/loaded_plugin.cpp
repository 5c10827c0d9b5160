#include "host/pool/loaded_plugin.hpp"

#include "host/guest/load_code.hpp"
#include "host/support/fail.hpp"
#include "host/support/out_of_memory.hpp"

namespace skerry::host {

using std::chrono::milliseconds;

LoadedPlugin::LoadedPlugin(const Manifest& manifest, std::filesystem::path file,
                           std::shared_ptr<PluginHost> shared)
    : name(manifest.meta.name), manifest_file(std::move(file)), host(std::move(shared)),
      store(std::make_shared<KeyValueStore>(
          manifest.capabilities, std::make_shared<ByteBudget>(manifest.capabilities.max_total_bytes()))) {}

PluginServices LoadedPlugin::services_for(const Manifest& manifest) const {
  return {{host->options.guest_output, host->options.guest_log, host->log},
          std::make_shared<ByteBudget>(manifest.capabilities.max_total_bytes()),
          store,
          host->options.imports};
}

Expected<LoadedPlugin::CheckedCode> LoadedPlugin::load_code_of(const Manifest& manifest) const {
  auto file = read_module(manifest, host->options.max_module_bytes);
  if (!file) return fail(std::move(file.error()));
  if (auto ok = check_pin(manifest, *file); !ok) return fail(std::move(ok.error()));
  auto code = load_code(host->engine, manifest, std::move(file->bytes), services_for(manifest),
                        host->options.load_timeout);
  if (!code) return fail(std::move(code.error()));
  return CheckedCode{std::move(*code), std::move(file->hash)};
}

Expected<void> LoadedPlugin::load(const Manifest& manifest) {
  auto checked = load_code_of(manifest);
  if (!checked) return fail(std::move(checked.error()));
  auto place = InstancePlace::take(manifest, host->cap);
  if (!place) return fail(std::move(place.error()));
  auto version = std::make_shared<Version>(std::move(checked->code), std::move(checked->hash));
  auto first = version->start();
  if (!first) return fail(std::move(first.error()));
  if (auto ok = version->ask_meta(**first); !ok) return ok;
  if (auto ok = version->prepare(**first); !ok) return ok;
  // This cannot fail, because the store is still empty.
  (void)store->move_to(manifest.capabilities, version->code().services.budget);
  auto generation =
      std::make_shared<Generation>(std::move(version), std::move(*first), place->cap(), call_metrics);
  place->hand_on();
  (void)deployment.swap(nullptr, std::move(generation));
  return {};
}

/// If the generation is replaced before the call gets an instance, the call tries the new current generation.
Expected<LoadedPlugin::Started> LoadedPlugin::begin(uint64_t input_bytes, const CallOptions& options,
                                                    GenerationPtr& failed) noexcept {
  const auto start = options.start.value_or(Store::Clock::now());
  for (GenerationPtr generation = current();;) {
    const auto admission = generation->admit();
    const milliseconds timeout = generation->timeout(options);
    auto lent = catching_out_of_memory(name, Phase::call, "calling a plugin", [&]() -> Expected<Lease> {
      if (admission == CircuitBreaker::Admission::refused) return fail(generation->breaker_error());
      return Lease::take(generation, input_bytes, start, timeout, options.may_wait);
    });
    if (lent)
      return Started{admission, start, start + timeout, Store::Clock::now() - start, std::move(*lent)};
    const PluginErrorCode code = lent.error().code;
    const bool too_many_errors = generation->record_rejected(admission, code);
    GenerationPtr next = current();
    if (code == PluginErrorCode::unloaded && next != generation) {
      generation = std::move(next);
      continue;
    }
    call_metrics->call_refused(code);
    if (too_many_errors) failed = std::move(generation);
    return fail(std::move(lent.error()));
  }
}

void LoadedPlugin::Started::describe_wait(PluginError& error) const noexcept {
  const auto ms = std::chrono::duration_cast<milliseconds>(waited).count();
  if (error.code != PluginErrorCode::timeout || ms == 0) return;
  unless_out_of_memory(
      [&] {
        error.message += "; before that, the call waited " + std::to_string(ms) + " ms for an instance";
      },
      [] {});
}

GenerationPtr LoadedPlugin::end(const Started& started, const PluginError* error) noexcept {
  const auto time = Store::Clock::now() - started.start;
  if (error == nullptr)
    call_metrics->call_succeeded(time);
  else
    call_metrics->call_failed(error->code, time);
  Generation& generation = started.lease.generation();
  return generation.record_result(started.admission, error, time) ? generation.shared_from_this() : nullptr;
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

PluginMetrics LoadedPlugin::metrics() const {
  const GenerationPtr generation = current();
  const ByteBudget& budget = *generation->code().services.budget;
  PluginMetrics m = call_metrics->snapshot();
  const PoolUsage usage = generation->usage();
  m.plugin = name;
  m.instances = usage.instances;
  m.busy = usage.busy;
  m.waiting = usage.waiting;
  m.budget_used = budget.used();
  m.budget = budget.allowed();
  m.circuit_open = generation->circuit_open();
  m.reloads = reload_counts.snapshot();
  m.versions.push_back(metrics_of(*generation->version(), true));
  for (const VersionPtr& version : deployment.kept()) m.versions.push_back(metrics_of(*version, false));
  return m;
}

Expected<void> LoadedPlugin::unload() noexcept {
  deployment.leave();
  deployment.forget_kept();
  return catching_out_of_memory(name, Phase::call, "unloading a plugin", [&] { return current()->close(); });
}

void LoadedPlugin::drain() {
  deployment.leave();
  current()->drain();
}

} // namespace skerry::host
