// Reloads: replace the version of a plugin while the plugin serves calls. Steps, events, options and results.
// See docs/hot-reload.md.
#pragma once

#include "skerry/host/plugin_error.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::host {

/// The steps of a reload, in order. The error of a failed step has the code "reload." plus the step's name.
enum class ReloadStep : uint8_t {
  watch,       ///< not a step of a reload: reports that files cannot be watched
  manifest,    ///< read and check the manifest
  read,        ///< read the module file once and hash those bytes
  compare,     ///< stop if nothing has changed or the version is known to be bad
  pin,         ///< check the hash that the manifest pins
  compile,     ///< decode, validate, check imports and exports
  interface,   ///< check that every export of the running version still exists with the same type, unless the
               ///< major version rises
  instantiate, ///< make the first instance and run its start functions
  meta,        ///< call the guest's `meta` and compare its name with the manifest's
  init,        ///< run the guest's `init` and freeze the resulting state
  canary,      ///< send the manifest's test request
  state,       ///< hand over state: `save_state` in the old version, `restore_state` in the new one
  swap,        ///< direct new calls to the new version
  drain,       ///< wait for the old version's calls; the event has the old version's version and hash
  destroy,     ///< call the old version's `destroy` and free its instances; version and hash as for `drain`
};
/// Returns the step's name: "manifest", "read", …
std::string_view reload_step_name(ReloadStep step) noexcept;

/// What started a reload or rollback.
enum class ReloadTrigger : uint8_t {
  command,    ///< Manager::reload
  file,       ///< a watched file changed
  rollback,   ///< Manager::rollback
  error_rate, ///< the new version's error rate reached reload.rollbackOnErrorRate
};
/// Returns "command", "file", "rollback" or "error_rate".
std::string_view reload_trigger_name(ReloadTrigger trigger) noexcept;

/// How a step ended.
enum class ReloadOutcome : uint8_t {
  done,      ///< the step succeeded
  unchanged, ///< the reload ends: nothing has changed since the running version was loaded
  failed,    ///< the step failed; unless it is `drain` or `destroy`, the old version stays in service
};
/// Returns "done", "unchanged" or "failed".
std::string_view reload_outcome_name(ReloadOutcome outcome) noexcept;

/// The end of one step of a reload or rollback.
struct ReloadEvent {
  uint64_t number = 0; ///< 1, 2, …, counted over all plugins of a manager
  std::string plugin;
  ReloadTrigger trigger = ReloadTrigger::command;
  ReloadStep step = ReloadStep::read;
  ReloadOutcome outcome = ReloadOutcome::done;
  std::string version;                  ///< meta.version of the manifest; empty until the manifest is read
  std::string hash;                     ///< XXH3-128 of the module, 32 hex digits; empty before `read`
  std::chrono::nanoseconds duration{0}; ///< of this step
  std::optional<PluginError> error;     ///< set if the step failed
};
/// Writes `event` as one line of JSON, without a newline.
std::string to_json(const ReloadEvent& event);

/// Receives the events one at a time, each event once, in the order of their numbers. Runs on a thread of the
/// manager with no lock held. It may call any function of the manager, but must not destroy the manager. If
/// it throws, the event is not repeated, and a line on standard error has the exception's text.
using ReloadCallback = std::function<void(const ReloadEvent& event)>;

/// Options of one reload.
struct ReloadOptions {
  /// Reload even if nothing has changed, the version is known to be bad, or the file looks truncated.
  bool force = false;
};

/// How a reload without an error ended.
enum class ReloadResult : uint8_t {
  swapped,   ///< the new version is in service
  unchanged, ///< nothing was done, because module and manifest equal those of the running version
};

} // namespace skerry::host
