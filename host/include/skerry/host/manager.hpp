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
  /// Time limit for decoding and validating a module. Its start functions and `init` have the manifest's
  /// timeout instead.
  std::chrono::milliseconds load_timeout{10'000};
  /// Receives the guests' standard output and error. If empty, they go to the process's standard error;
  /// output that cannot be written there before the call's deadline is lost.
  GuestOutput guest_output;
  /// Receives the guests' log lines. If empty, they go to the process's standard error as "PLUGIN: LEVEL:
  /// TEXT", with the same deadline.
  GuestLog guest_log;
  /// Called whenever a plugin is compiled, to define the embedder's own host functions for it; `manifest`
  /// tells which plugin it is. The functions run on the threads that call the plugin and may be asynchronous
  /// (Caller::not_ready; see skerry/host/plugin_call.hpp). They must be thread-safe if the plugin has several
  /// instances. They must not use Caller::user_data, which belongs to the host. A definition with the name of
  /// one of the host's own imports replaces it.
  std::function<void(Linker& linker, const Manifest& manifest)> imports;
  /// Maximum number of instances of all plugins together. At the maximum, plugins work with the instances
  /// they have. Every loaded plugin has at least one.
  uint32_t max_instances = 10'000;
  /// Receives every step of every reload and rollback.
  ReloadCallback on_reload;
  /// If false, files are not watched, whatever `reload.watch` says.
  bool watch_files = true;
};

/// Thread-safe. Functions that return an Expected never throw; others throw only std::bad_alloc. Running out
/// of memory is otherwise an error with code "limit.process", and everything already loaded keeps working.
class Manager {
public:
  /// Makes a manager without plugins.
  explicit Manager(ManagerOptions options = {});
  ~Manager(); ///< calls close()
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  /// Reads, checks and compiles the module, makes the first instance, compares its `meta` with the
  /// manifest's, and runs `init`. Errors: those of each step, with its phase and code; "duplicate" if a
  /// plugin of that name is loaded; "closed".
  [[nodiscard]] Expected<PluginHandle> load(const Manifest& manifest);
  /// The same from a manifest file. With `reload.watch`, the plugin is reloaded when the module or the
  /// manifest changes. Errors: also those of read_manifest.
  [[nodiscard]] Expected<PluginHandle> load(const std::filesystem::path& manifest_file);

  /// Returns the loaded plugin of this name. Errors: code "not_found", with similar names in the message.
  [[nodiscard]] Expected<PluginHandle> get(std::string_view name) const;
  /// The same as `get` followed by Plugin::call, with the errors of both.
  [[nodiscard]] Expected<std::string> call(std::string_view name, std::string_view input,
                                           const CallOptions& options = {});
  /// Reloads the plugin if its module or manifest has changed. Uses the manifest file that the plugin came
  /// from, or else its present manifest. Handles stay valid. The old version serves until the new one has
  /// passed every check; then calls go to the new one. Returns when the old version has finished its calls
  /// and has been freed, or kept for a rollback. Errors: "not_found"; phase reload with the failed step's
  /// code, in which case the old version stays in service.
  [[nodiscard]] Expected<ReloadResult> reload(std::string_view name, const ReloadOptions& options = {});
  /// The same with this manifest, for the plugin that the manifest names.
  [[nodiscard]] Expected<ReloadResult> reload(const Manifest& manifest, const ReloadOptions& options = {});
  /// Puts the previous version back in service: the newest of the `reload.keep` versions that are kept. It
  /// starts in its state after `init`, plus the state that it handed over, if any. From then on the present
  /// version is known to be bad, and only a forced reload brings it back. Errors: "not_found",
  /// "reload.no_version", "reload.instantiate".
  [[nodiscard]] Expected<void> rollback(std::string_view name);
  /// Removes the plugin, waits for its running calls, calls the guest's `destroy` and frees the plugin.
  /// Errors: "not_found", or the error of `destroy`; in the latter case the plugin is removed nevertheless.
  [[nodiscard]] Expected<void> unload(std::string_view name);
  /// Unloads all plugins. Later loads fail with code "closed". Closing again does nothing.
  void close();

  /// The names of the loaded plugins, sorted.
  std::vector<std::string> names() const;
  /// The metrics of all loaded plugins, sorted by name.
  std::vector<PluginMetrics> metrics() const;
  /// The engine that compiles the plugins; valid as long as the manager.
  const Engine& engine() const noexcept;

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace skerry::host
