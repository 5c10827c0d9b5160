// Names of what a reload consists of, and events as JSON.
#include "host/json.hpp"
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
  OrderedJson json;
  json["number"] = event.number;
  json["plugin"] = event.plugin;
  json["trigger"] = reload_trigger_name(event.trigger);
  json["step"] = reload_step_name(event.step);
  json["outcome"] = reload_outcome_name(event.outcome);
  json["version"] = event.version;
  json["hash"] = event.hash;
  json["duration_ms"] = static_cast<double>(event.duration.count()) / 1e6;
  if (event.error) json["error"] = OrderedJson::parse(to_json(*event.error))["error"];
  return dump_json(json);
}

} // namespace skerry::host
