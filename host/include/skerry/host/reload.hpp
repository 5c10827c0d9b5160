// Replacing a plugin's version by another while it serves: steps, events, results. See docs/hot-reload.md.
#pragma once

#include "skerry/host/plugin_error.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::host {

/// What a reload consists of, in its order. Errors have the code "reload." and the step's name.
enum class ReloadStep : uint8_t {
  watch,       ///< none of a reload: what the file watcher cannot do
  manifest,    ///< read and check the manifest
  read,        ///< read the module, once; hash those bytes
  compare,     ///< stop when nothing has changed or the version is known to be bad
  pin,         ///< the hash that the manifest demands
  compile,     ///< decode, validate, imports and exports
  interface,   ///< what the running version exports must still be there
  instantiate, ///< an instance in a new pool, its start functions
  meta,
  init,
  canary,  ///< the manifest's test request
  state,   ///< `save_state` of the old version, `restore_state` of the new one
  swap,    ///< calls go to the new version
  drain,   ///< the calls of the old version end; the event names that version
  destroy, ///< its guest's `destroy`; its instances are freed
};
/// "manifest", "read", …
std::string_view reload_step_name(ReloadStep step) noexcept;

/// What started it.
enum class ReloadTrigger : uint8_t {
  command,    ///< Manager::reload
  file,       ///< a watched file changed
  rollback,   ///< Manager::rollback
  error_rate, ///< the new version failed too often: back to the one before
};
/// "command", "file", "rollback", "error_rate"
std::string_view reload_trigger_name(ReloadTrigger trigger) noexcept;

enum class ReloadOutcome : uint8_t {
  done,      ///< the step went well
  unchanged, ///< the end: the running version is this one
  failed,    ///< the end, unless it was `drain` or `destroy`: the old version serves on
};
/// "done", "unchanged", "failed"
std::string_view reload_outcome_name(ReloadOutcome outcome) noexcept;

/// One step of one reload or rollback has ended.
struct ReloadEvent {
  uint64_t number = 0; ///< 1, 2, … over all plugins of a manager
  std::string plugin;
  ReloadTrigger trigger = ReloadTrigger::command;
  ReloadStep step = ReloadStep::read;
  ReloadOutcome outcome = ReloadOutcome::done;
  std::string version;                  ///< meta.version of the manifest; empty before that is read
  std::string hash;                     ///< XXH3-128 of the module, 32 hex digits; empty before it is read
  std::chrono::nanoseconds duration{0}; ///< of this step
  std::optional<PluginError> error;     ///< when it failed
};
/// One line of JSON, without a newline.
std::string to_json(const ReloadEvent& event);

/// Called for each event, in the order of their numbers, one at a time, on a thread of the manager's own and
/// with no lock held: may call any function of the manager, but not destroy it.
using ReloadCallback = std::function<void(const ReloadEvent& event)>;

struct ReloadOptions {
  /// Also when nothing has changed, when the version is known to be bad, or when the file looks cut off.
  bool force = false;
};

enum class ReloadResult : uint8_t {
  swapped,   ///< the new version serves
  unchanged, ///< module and manifest are those of the running version
};

} // namespace skerry::host
