#include "host/reload_report.hpp"

namespace skerry::host {

/// Codes that begin with "reload." are the step's own: nothing else was the cause.
PluginError ReloadReport::failure(ReloadStep step, PluginError cause) {
  if (!cause.code.starts_with("reload.")) {
    cause.cause_phase = cause.phase;
    cause.cause = std::move(cause.code);
    cause.code = "reload." + std::string(reload_step_name(step));
  }
  cause.phase = Phase::reload;
  cause.plugin = plugin_.name;
  plugin_.reload_counts.failed(cause.code);
  return cause;
}

void ReloadReport::tell(ReloadStep step, ReloadOutcome outcome, std::chrono::nanoseconds duration,
                        const PluginError* error) {
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
}

void ReloadReport::retire(Generation& generation) {
  about(generation.manifest().meta.version, generation.version()->hash());
  (void)step(ReloadStep::drain, [&] {
    generation.drain();
    return Expected<void>();
  });
  (void)step(ReloadStep::destroy, [&] { return generation.close(false); });
}

} // namespace skerry::host
