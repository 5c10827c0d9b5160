// Names of a reload's steps, triggers and outcomes, and events as JSON.
#include "host/support/error_text.hpp"
#include "host/support/json_text.hpp"
#include "skerry/host/reload.hpp"

#include <array>

namespace skerry::host {

std::string_view reload_step_name(ReloadStep step) noexcept {
  constexpr std::array<std::string_view, 15> names{
      "watch", "manifest", "read",   "compare", "pin",  "compile", "interface", "instantiate",
      "meta",  "init",     "canary", "state",   "swap", "drain",   "destroy"};
  return names[static_cast<size_t>(step)];
}

std::string_view reload_trigger_name(ReloadTrigger trigger) noexcept {
  constexpr std::array<std::string_view, 4> names{"command", "file", "rollback", "error_rate"};
  return names[static_cast<size_t>(trigger)];
}

std::string_view reload_outcome_name(ReloadOutcome outcome) noexcept {
  constexpr std::array<std::string_view, 3> names{"done", "unchanged", "failed"};
  return names[static_cast<size_t>(outcome)];
}

std::string to_json(const ReloadEvent& event) {
  ObjectText json;
  json.add("number", event.number)
      .add("plugin", event.plugin)
      .add("trigger", reload_trigger_name(event.trigger))
      .add("step", reload_step_name(event.step))
      .add("outcome", reload_outcome_name(event.outcome))
      .add("version", event.version)
      .add("hash", event.hash)
      .add("duration_ms", static_cast<double>(event.duration.count()) / 1e6);
  if (event.error) json.add_text("error", error_text(*event.error));
  return json.text();
}

} // namespace skerry::host
