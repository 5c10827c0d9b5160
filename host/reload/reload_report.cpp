#include "host/reload/reload_report.hpp"

#include <utility>

namespace skerry::host {

namespace {

/// True for codes that only reloads use. Such an error is reported as it is; an error with another code
/// becomes the cause of the step's error.
bool is_of_reload(PluginErrorCode code) {
  return code >= PluginErrorCode::reload_manifest && code <= PluginErrorCode::reload_watch;
}

PluginErrorCode code_of(ReloadStep step) {
  switch (step) {
  case ReloadStep::watch: return PluginErrorCode::reload_watch;
  case ReloadStep::manifest: return PluginErrorCode::reload_manifest;
  case ReloadStep::read: return PluginErrorCode::reload_read;
  case ReloadStep::compare: return PluginErrorCode::reload_compare;
  case ReloadStep::pin: return PluginErrorCode::reload_pin;
  case ReloadStep::compile: return PluginErrorCode::reload_compile;
  case ReloadStep::interface: return PluginErrorCode::reload_interface;
  case ReloadStep::instantiate: return PluginErrorCode::reload_instantiate;
  case ReloadStep::meta: return PluginErrorCode::reload_meta;
  case ReloadStep::init: return PluginErrorCode::reload_init;
  case ReloadStep::canary: return PluginErrorCode::reload_canary;
  case ReloadStep::state: return PluginErrorCode::reload_state;
  case ReloadStep::swap: return PluginErrorCode::reload_swap;
  case ReloadStep::drain: return PluginErrorCode::reload_drain;
  case ReloadStep::destroy: return PluginErrorCode::reload_destroy;
  }
  std::unreachable();
}

} // namespace

PluginError ReloadReport::failure(ReloadStep step, PluginError cause) noexcept {
  const Phase phase = std::exchange(cause.phase, Phase::reload);
  unless_out_of_memory([&] { cause.plugin = plugin_.name; }, [] {});
  if (!is_of_reload(cause.code)) {
    cause.cause_phase = phase;
    cause.cause = std::exchange(cause.code, code_of(step));
  }
  plugin_.reload_counts.failed(cause.code);
  return cause;
}

void ReloadReport::tell(ReloadStep step, ReloadOutcome outcome, std::chrono::nanoseconds duration,
                        const PluginError* error) noexcept {
  const auto make_event = [&] {
    ReloadEvent event;
    event.plugin = plugin_.name;
    event.trigger = trigger_;
    event.step = step;
    event.outcome = outcome;
    event.version = version_;
    event.hash = hash_;
    event.duration = duration;
    if (error != nullptr) event.error = *error;
    plugin_.host->events.push(std::move(event));
  };
  unless_out_of_memory(make_event, [] {});
}

void ReloadReport::retire(Generation& generation) noexcept {
  unless_out_of_memory([&] { about(generation.manifest().meta.version, generation.version()->hash()); },
                       [] {});
  (void)step(ReloadStep::drain, [&] {
    generation.drain();
    return Expected<void>();
  });
  (void)step(ReloadStep::destroy, [&] { return generation.close(false); });
}

} // namespace skerry::host
