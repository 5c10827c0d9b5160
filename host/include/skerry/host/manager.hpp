// The plugins of one host: load, get, call, unload, close.
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

struct ManagerOptions {
  Config engine;
  /// Larger module files are refused before they are read.
  uint64_t max_module_bytes = uint64_t{256} << 20;
  /// How long decoding and validating a module may take. Its start functions and `init` have the manifest's
  /// timeout.
  std::chrono::milliseconds load_timeout{10'000};
  /// Where the guests' standard output and error go; the process's standard error when empty. What that does
  /// not take until a call's deadline is lost.
  GuestOutput guest_output;
  /// Where their log lines go; as "PLUGIN: LEVEL: TEXT" to the process's standard error when empty, as above.
  GuestLog guest_log;
  /// Called for each plugin that is loaded, to define host functions of the embedder's own for it; the
  /// manifest says which plugin it is. They run on the threads that call the plugin, may be asynchronous
  /// (Caller::not_ready; see skerry/host/plugin_call.hpp), must be thread-safe when the plugin has several
  /// instances, and must not use Caller::user_data, which is the host's. Defining one of the host's own
  /// imports anew replaces it.
  std::function<void(Linker& linker, const Manifest& manifest)> imports;
  /// Instances of all plugins together. Beyond it plugins make do with those they have; one each is theirs.
  uint32_t max_instances = 10'000;
  /// Told of every step of every reload and rollback.
  ReloadCallback on_reload;
  /// False: files are not watched, whatever `reload.watch` says.
  bool watch_files = true;
};

/// Thread-safe. Nothing here throws, but for std::bad_alloc where no Expected is returned. Memory that runs
/// out elsewhere is an error with code "limit.process", and everything that was loaded continues.
class Manager {
public:
  explicit Manager(ManagerOptions options = {});
  ~Manager(); ///< closes
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  /// Reads, checks and compiles the module, makes an instance, compares its `meta` with the manifest's, runs
  /// `init`. Errors: each step's own phase and code; "duplicate" when a plugin of that name is loaded;
  /// "closed".
  [[nodiscard]] Expected<PluginHandle> load(const Manifest& manifest);
  /// The same from a manifest file. With `reload.watch` the plugin is reloaded from it when the module or the
  /// manifest has changed.
  [[nodiscard]] Expected<PluginHandle> load(const std::filesystem::path& manifest_file);

  /// Errors: code "not_found", with near misses.
  [[nodiscard]] Expected<PluginHandle> get(std::string_view name) const;
  /// get and Plugin::call.
  [[nodiscard]] Expected<std::string> call(std::string_view name, std::string_view input,
                                           const CallOptions& options = {});
  /// Loads the plugin again, from the manifest file that it came from (else with the manifest it has), if
  /// there is something new; handles stay valid. The old version serves until the new one has stood every
  /// test, then calls go to the new one; returns when the old one has ended its calls and is freed, or kept
  /// for a rollback. Errors: "not_found"; phase reload with the failed step's code, and then the old version
  /// goes on.
  [[nodiscard]] Expected<ReloadResult> reload(std::string_view name, const ReloadOptions& options = {});
  /// The same with this manifest, of the plugin of its name.
  [[nodiscard]] Expected<ReloadResult> reload(const Manifest& manifest, const ReloadOptions& options = {});
  /// Puts the version in service that did before, one of the last `reload.keep`, as it was after its `init`
  /// (with the state that it handed over, if it did). The present version is known to be bad from then on:
  /// only a forced reload brings it back. Errors: "not_found", "reload.no_version", "reload.instantiate".
  [[nodiscard]] Expected<void> rollback(std::string_view name);
  /// Takes the plugin out, waits for its running calls, lets the guest `destroy`, frees it. Errors:
  /// "not_found", or what `destroy` failed with; the plugin is gone all the same.
  [[nodiscard]] Expected<void> unload(std::string_view name);
  /// Unloads all; later loads fail. Closing again does nothing.
  void close();

  std::vector<std::string> names() const;
  /// Of all plugins, in the order of their names.
  std::vector<PluginMetrics> metrics() const;
  const Engine& engine() const noexcept;

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace skerry::host
