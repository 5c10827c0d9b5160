#include "host/reload/reload_report.hpp"

namespace skerry::host {

/// Codes that begin with "reload." are the step's own: nothing else was the cause. Without memory for the
/// step's code the cause's stays.
PluginError ReloadReport::failure(ReloadStep step, PluginError cause) noexcept {
  const Phase phase = std::exchange(cause.phase, Phase::reload);
  unless_out_of_memory(
      [&] {
        cause.plugin = plugin_.name;
        if (cause.code.starts_with("reload.")) return;
        std::string code = "reload." + std::string(reload_step_name(step));
        cause.cause_phase = phase;
        cause.cause = std::exchange(cause.code, std::move(code));
      },
      [] {});
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
