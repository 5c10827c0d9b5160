// Manages the plugins of one host: load, get, call, reload, unload, close.
#pragma once

#include "skerry/engine.hpp"
#include "skerry/host/manifest.hpp"
#include "skerry/host/plugin.hpp"
#include "skerry/host/plugin_output.hpp"
#include "skerry/host/reload.hpp"
#include "skerry/linker.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::host {

/// Options that hold for all plugins of a manager.
struct ManagerOptions {
  Config engine;
  /// Maximum size of a module file. Larger files are refused before they are read.
  uint64_t max_module_bytes = uint64_t{256} << 20;
  /// Time limit for decoding and validating a module. The module's start functions and `init` have the
  /// manifest's timeout instead.
  std::chrono::milliseconds load_timeout{10'000};
  /// Receives what guests write to standard output and standard error. If this function is empty, each line
  /// goes to `guest_log` with level `output`.
  GuestOutput guest_output;
  /// Receives the guests' log lines. If this function is empty, each line goes to the process's standard
  /// error as "guest NAME: LEVEL: TEXT", with control characters escaped. No call waits for standard error:
  /// if it is full, up to 1 MiB of lines are queued, and further lines are dropped and counted in a line of
  /// the host.
  GuestLog guest_log;
  /// Called whenever a plugin is compiled, to define the embedder's own host functions for this plugin in
  /// `linker`; `manifest` is the plugin's manifest. The host functions run on the threads that call the
  /// plugin. They may be asynchronous (Caller::not_ready; see skerry/host/plugin_call.hpp). They must be
  /// thread-safe if the plugin has several instances. They must not use Caller::user_data, because the host
  /// uses it. A definition with the module and name of a function that the host itself provides replaces that
  /// function.
  std::function<void(Linker& linker, const Manifest& manifest)> imports;
  /// Maximum number of instances of all plugins together. When it is reached, loaded plugins continue with
  /// the instances they have, and loads and reloads fail because of "limit.instances". Every loaded plugin
  /// can always have one instance.
  uint32_t max_instances = 10'000;
  /// Receives every step of every reload and rollback.
  ReloadCallback on_reload;
  /// If false, no files are watched, even for manifests that set `reload.watch`.
  bool watch_files = true;
};

/// Loads, finds, calls, reloads and unloads plugins. Thread-safe. If memory runs out, functions that return
/// an Expected return an error with code "limit.process" and never throw; other functions throw
/// std::bad_alloc, and no other exception. In both cases, the plugins that are already loaded keep working.
///
/// Functions of the embedder (ManagerOptions, host functions of `imports`) may call functions of the manager
/// and of its plugins. On a thread that is inside a call or reload of a plugin, `reload`, `rollback` and
/// `unload` of this plugin fail with code "reentrant", because they would wait for themselves; `close` and
/// Plugin::drain return false. A call of the plugin from inside the plugin needs another instance: with
/// pool.size 1 it fails with "busy" or "timeout" after its wait. No function may destroy the manager from
/// inside a plugin, or wait for another thread that does one of these things. If a function of the embedder
/// throws, the call, load or reload that it is part of fails with code "callback".
class Manager {
public:
  /// Makes a manager without plugins.
  explicit Manager(ManagerOptions options = {});
  ~Manager(); ///< calls close(); must not be called from inside a plugin
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  /// Loads a plugin: reads, checks and compiles the module, makes the first instance, checks that the name
  /// that the guest's `meta` returns equals the name in the manifest, and runs `init`. With `reload.watch`,
  /// the plugin is reloaded when the module file changes. Errors: the phase and code of the step that failed
  /// (docs/errors.md); "duplicate" if a plugin of that name is loaded; "closed" after close().
  [[nodiscard]] Expected<PluginHandle> load(const Manifest& manifest);
  /// Reads a manifest file and loads its plugin. With `reload.watch`, the plugin is reloaded when the module
  /// file or the manifest file changes. Errors: those of read_manifest and of the function above.
  [[nodiscard]] Expected<PluginHandle> load(const std::filesystem::path& manifest_file);

  /// Checks all that `load` checks before it runs the guest, and loads nothing: the manifest, the module file
  /// and its hash, and the module itself with its imports and exports. Returns the manifest. Errors: those of
  /// `load` up to phase link.
  [[nodiscard]] Expected<Manifest> check(const std::filesystem::path& manifest_file) const;

  /// Returns the loaded plugin of this name. Errors: code "not_found", with similar names in the message.
  [[nodiscard]] Expected<PluginHandle> get(std::string_view name) const;
  /// Calls the plugin of this name: `get` followed by Plugin::call, with the errors of both.
  [[nodiscard]] Expected<std::string> call(std::string_view name, std::string_view input,
                                           const CallOptions& options = {});
  /// Reloads the plugin if its module or manifest has changed. Reads the manifest file again if the plugin
  /// was loaded from a file; otherwise the manifest stays the same. Handles stay valid. The old version
  /// serves until the new version has passed every check; later calls then go to the new version. Returns
  /// when the old version's calls have ended and its instances are freed. The old version itself is kept for
  /// a rollback, as `reload.keep` allows. Errors: "not_found"; phase reload with the code of the failed step,
  /// after which the old version stays in service; "reentrant".
  [[nodiscard]] Expected<ReloadResult> reload(std::string_view name, const ReloadOptions& options = {});
  /// Reloads the plugin that `manifest` names, with this manifest. Errors: as for the function above.
  [[nodiscard]] Expected<ReloadResult> reload(const Manifest& manifest, const ReloadOptions& options = {});
  /// Puts the newest kept version back in service; `reload.keep` is the number of versions that are kept.
  /// The version starts in its state after `init`. If the version handed over its state when it was
  /// replaced, the rollback gives this state back to it. The version that the rollback replaces is
  /// remembered as bad: only a forced reload loads that version again. Errors: "not_found",
  /// "reload.no_version", "reload.instantiate"; "reload.swap" if the plugin is unloaded in the meantime;
  /// "reentrant".
  [[nodiscard]] Expected<void> rollback(std::string_view name);
  /// Removes the plugin, waits for its running calls, calls the guest's `destroy` and frees the plugin.
  /// Errors: "not_found"; "reentrant"; the error of `destroy`, after which the plugin is unloaded
  /// nevertheless.
  [[nodiscard]] Expected<void> unload(std::string_view name);
  /// Unloads all plugins. Later loads fail with code "closed". Closing again does nothing. Returns false and
  /// does nothing if this thread is inside a call or reload of a plugin of this manager.
  bool close();

  /// The names of the loaded plugins, sorted.
  std::vector<std::string> names() const;
  /// The metrics of all loaded plugins, sorted by name.
  std::vector<PluginMetrics> metrics() const;
  /// The engine that compiles the plugins. The reference is valid until the manager is destroyed.
  const Engine& engine() const noexcept;

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace skerry::host
