// Implements Manager: loads, finds, reloads, unloads and closes plugins.
#include "skerry/host/manager.hpp"

#include "host/manager/plugin_impl.hpp"
#include "host/platform/file_identity.hpp"
#include "host/pool/inside.hpp"
#include "host/reload/reload_transaction.hpp"
#include "host/reload/rollback.hpp"
#include "host/support/engine_error.hpp"
#include "host/support/fail.hpp"
#include "host/support/mutex.hpp"
#include "host/support/out_of_memory.hpp"
#include "host/watch/reload_watch.hpp"
#include "skerry/printable.hpp"
#include "vm/base/near_names.hpp"

#include <map>
#include <new>

namespace skerry::host {

namespace {

PluginError closed_error(std::string_view name) {
  return make_error(name, Phase::read, PluginErrorCode::closed, "the plugin manager is closed");
}

} // namespace

struct Manager::Impl {
  explicit Impl(ManagerOptions given)
      : host(std::make_shared<PluginHost>(std::move(given))),
        watch([this](const std::string& name) { changed(name); },
              [this](const std::string& text) { watch_trouble(text); }) {}

  /// Reserves a name before its plugin is loaded, so that the second of two concurrent loads fails early.
  Expected<void> reserve(const std::string& name);
  void forget(const std::string& name);
  /// Removes the plugin from the map. Returns false if it was already removed.
  bool take_out(const PluginHandle& plugin);
  /// Puts the plugin in the map. Returns false if the manager was closed in the meantime.
  bool publish(const std::string& name, const PluginHandle& plugin);
  Expected<PluginHandle> load(const Manifest& manifest, const std::filesystem::path& manifest_file);
  Expected<PluginHandle> load_reserved(const Manifest& manifest, const std::filesystem::path& manifest_file);
  PluginError not_found(std::string_view name) const SKERRY_REQUIRES(mutex);
  PluginHandle find(std::string_view name) const;

  void follow(LoadedPlugin& plugin, const Manifest& manifest);
  void changed(const std::string& name);
  void watch_trouble(const std::string& text) noexcept;
  Expected<Manifest> manifest_of(LoadedPlugin& plugin);
  Expected<ReloadResult> reload(Plugin& plugin, ReloadTrigger trigger, const ReloadOptions& options);

  const std::shared_ptr<PluginHost> host;
  mutable Mutex mutex; // never held while guests run
  std::map<std::string, PluginHandle, std::less<>> plugins SKERRY_GUARDED_BY(mutex); // null while loading
  bool closed SKERRY_GUARDED_BY(mutex) = false;
  ReloadWatch watch; // the last member, so that it is destroyed first: its thread uses the others
};

Expected<void> Manager::Impl::reserve(const std::string& name) {
  const Lock lock(mutex);
  if (closed) return fail(closed_error(name));
  if (plugins.try_emplace(name).second) return {};
  return fail(make_error(name, Phase::read, PluginErrorCode::duplicate,
                         "a plugin called " + in_quotes(name) + " is already loaded; unload it first"));
}

void Manager::Impl::forget(const std::string& name) {
  PluginHandle plugin; // freed without the lock
  const Lock lock(mutex);
  const auto found = plugins.find(name);
  if (found == plugins.end()) return;
  plugin = std::move(found->second);
  plugins.erase(found);
}

bool Manager::Impl::take_out(const PluginHandle& plugin) {
  const Lock lock(mutex);
  const auto found = plugins.find(plugin->name());
  if (found == plugins.end() || found->second != plugin) return false;
  plugins.erase(found);
  return true;
}

bool Manager::Impl::publish(const std::string& name, const PluginHandle& plugin) {
  const Lock lock(mutex);
  if (!closed) plugins[name] = plugin;
  return !closed;
}

PluginError Manager::Impl::not_found(std::string_view name) const {
  vm::NearNames near(name);
  for (const auto& [known, _] : plugins) near.offer(known);
  return make_error(name, Phase::call, PluginErrorCode::not_found,
                    "no plugin called " + in_quotes(name) + " is loaded" + near.text());
}

PluginHandle Manager::Impl::find(std::string_view name) const {
  const Lock lock(mutex);
  auto found = plugins.find(name);
  return found == plugins.end() ? nullptr : found->second;
}

Manager::Manager(ManagerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Manager::~Manager() { close(); }

// --- loading

Expected<PluginHandle> Manager::Impl::load(const Manifest& manifest,
                                           const std::filesystem::path& manifest_file) {
  const std::string& name = manifest.meta.name;
  if (auto free = reserve(name); !free) return fail(std::move(free.error()));
  auto plugin = catching_out_of_memory(name, Phase::instantiate, "loading a plugin",
                                       [&] { return load_reserved(manifest, manifest_file); });
  if (!plugin) forget(name);
  return plugin;
}

Expected<PluginHandle> Manager::Impl::load_reserved(const Manifest& manifest,
                                                    const std::filesystem::path& manifest_file) {
  const std::string& name = manifest.meta.name;
  const platform::FileIdentity before = platform::file_identity(manifest.wasm_path);
  auto made = std::make_shared<LoadedPlugin>(manifest, manifest_file, host);
  if (auto done = made->load(manifest); !done) return fail(std::move(done.error()));
  auto plugin = std::make_shared<Plugin>(std::make_unique<Plugin::Impl>(Plugin::Impl{made}));
  if (!publish(name, plugin)) { // closed in the meantime
    (void)made->unload();
    return fail(closed_error(name));
  }
  unless_out_of_memory(
      [&] {
        follow(*made, manifest);
        // The watcher does not report a change of the module between the read and the start of the watch, so
        // the file is compared here.
        if (manifest.reload.watch && platform::file_identity(manifest.wasm_path) != before) changed(name);
      },
      [&] { watch_trouble(Error::out_of_memory("watching a plugin's files").message()); });
  return plugin;
}

Expected<PluginHandle> Manager::load(const Manifest& manifest) {
  return catching_out_of_memory(manifest.meta.name, Phase::read, "loading a plugin",
                                [&] { return impl_->load(manifest, {}); });
}

Expected<PluginHandle> Manager::load(const std::filesystem::path& manifest_file) {
  return catching_out_of_memory("", Phase::read, "loading a plugin", [&]() -> Expected<PluginHandle> {
    auto manifest = read_manifest(manifest_file);
    if (!manifest) return fail(std::move(manifest.error()));
    return impl_->load(*manifest, std::filesystem::absolute(manifest_file));
  });
}

Expected<Manifest> Manager::check(const std::filesystem::path& manifest_file) const {
  return catching_out_of_memory("", Phase::read, "checking a plugin", [&]() -> Expected<Manifest> {
    auto manifest = read_manifest(manifest_file);
    if (!manifest) return manifest;
    const LoadedPlugin checked(*manifest, manifest_file, impl_->host);
    if (auto code = checked.load_code_of(*manifest); !code) return fail(std::move(code.error()));
    return manifest;
  });
}

Expected<PluginHandle> Manager::get(std::string_view name) const {
  return catching_out_of_memory(name, Phase::call, "finding a plugin", [&]() -> Expected<PluginHandle> {
    const Lock lock(impl_->mutex);
    auto found = impl_->plugins.find(name);
    if (found == impl_->plugins.end() || !found->second) return fail(impl_->not_found(name));
    return found->second;
  });
}

Expected<std::string> Manager::call(std::string_view name, std::string_view input,
                                    const CallOptions& options) {
  auto plugin = get(name);
  if (!plugin) return fail(std::move(plugin.error()));
  return (*plugin)->call(input, options);
}

// --- reloading

/// Watches the files that define the plugin: its module and, if there is one, its manifest file. A plugin
/// that is being unloaded may be watched a little longer; changes of its files are then ignored.
void Manager::Impl::follow(LoadedPlugin& plugin, const Manifest& manifest) {
  WatchedFiles files;
  if (manifest.reload.watch && host->options.watch_files) {
    files.files.push_back(manifest.wasm_path);
    if (!plugin.manifest_file.empty()) files.files.push_back(plugin.manifest_file);
    files.settle = manifest.reload.settle;
  }
  watch.follow(plugin.name, std::move(files));
}

/// Schedules a reload, unless one is already scheduled and has not started. A reload sees all changes up to
/// its start, so only later changes need another one.
void Manager::Impl::changed(const std::string& name) {
  PluginHandle plugin = find(name);
  if (!plugin || plugin->impl().loaded->change_pending.exchange(true)) return;
  unless_out_of_memory(
      [&] { host->background.run([this, plugin] { (void)reload(*plugin, ReloadTrigger::file, {}); }); },
      [&] {
        plugin->impl().loaded->change_pending = false;
        throw std::bad_alloc(); // the watcher reports the change again
      });
}

void Manager::Impl::watch_trouble(const std::string& text) noexcept {
  const auto make_event = [&] {
    ReloadEvent event;
    event.trigger = ReloadTrigger::file;
    event.step = ReloadStep::watch;
    event.outcome = ReloadOutcome::failed;
    event.error = make_error("", Phase::reload, PluginErrorCode::reload_watch, text);
    host->events.push(std::move(event));
  };
  unless_out_of_memory(make_event, [] {});
}

/// Reads the plugin's manifest file. From then on, watches the files that the manifest names, even if the
/// reload fails, so that a later fix of a missing or broken module is noticed.
Expected<Manifest> Manager::Impl::manifest_of(LoadedPlugin& plugin) {
  if (plugin.manifest_file.empty()) return plugin.current()->manifest();
  auto manifest = read_manifest(plugin.manifest_file);
  if (manifest && manifest->meta.name == plugin.name) follow(plugin, *manifest);
  return manifest;
}

Expected<ReloadResult> Manager::Impl::reload(Plugin& plugin, ReloadTrigger trigger,
                                             const ReloadOptions& options) {
  LoadedPlugin& loaded = *plugin.impl().loaded;
  return catching_out_of_memory(loaded.name, Phase::reload, "reloading a plugin", [&] {
    return ReloadTransaction(loaded, trigger, options, [&] { return manifest_of(loaded); }).run();
  });
}

Expected<ReloadResult> Manager::reload(std::string_view name, const ReloadOptions& options) {
  auto plugin = get(name);
  if (!plugin) return fail(std::move(plugin.error()));
  return impl_->reload(**plugin, ReloadTrigger::command, options);
}

Expected<ReloadResult> Manager::reload(const Manifest& manifest, const ReloadOptions& options) {
  auto plugin = get(manifest.meta.name);
  if (!plugin) return fail(std::move(plugin.error()));
  LoadedPlugin& loaded = *(*plugin)->impl().loaded;
  const auto follow = [&]() -> Expected<Manifest> {
    impl_->follow(loaded, manifest);
    return manifest;
  };
  return catching_out_of_memory(loaded.name, Phase::reload, "reloading a plugin", [&] {
    return ReloadTransaction(loaded, ReloadTrigger::command, options, follow).run();
  });
}

Expected<void> Manager::rollback(std::string_view name) {
  auto plugin = get(name);
  if (!plugin) return fail(std::move(plugin.error()));
  return roll_back(*(*plugin)->impl().loaded, ReloadTrigger::rollback);
}

// --- unloading

Expected<void> Manager::unload(std::string_view name) {
  auto plugin = get(name);
  if (!plugin) return fail(std::move(plugin.error()));
  LoadedPlugin& loaded = *(*plugin)->impl().loaded;
  auto outside = catching_out_of_memory(name, Phase::call, "unloading a plugin",
                                        [&] { return Inside::refuse(loaded, Phase::call, "unloaded"); });
  if (!outside) return outside;
  if (!impl_->take_out(*plugin)) return unload(name); // another thread removed this one
  impl_->watch.follow((*plugin)->name(), {});
  return loaded.unload();
}

bool Manager::close() {
  if (Inside::of(*impl_->host)) return false;
  std::map<std::string, PluginHandle, std::less<>> all;
  {
    const Lock lock(impl_->mutex);
    impl_->closed = true;
    all.swap(impl_->plugins);
  }
  impl_->watch.stop();
  for (auto& [name, plugin] : all) {
    if (plugin) (void)plugin->impl().loaded->unload(); // no caller can receive the error
  }
  impl_->host->background.stop();
  impl_->host->events.stop();
  return true;
}

std::vector<std::string> Manager::names() const {
  const Lock lock(impl_->mutex);
  std::vector<std::string> names;
  for (const auto& [name, plugin] : impl_->plugins) {
    if (plugin) names.push_back(name);
  }
  return names;
}

std::vector<PluginMetrics> Manager::metrics() const {
  std::vector<PluginHandle> plugins;
  {
    const Lock lock(impl_->mutex);
    for (const auto& [name, plugin] : impl_->plugins)
      if (plugin) plugins.push_back(plugin);
  }
  std::vector<PluginMetrics> metrics;
  for (const PluginHandle& plugin : plugins) metrics.push_back(plugin->metrics());
  return metrics;
}

const Engine& Manager::engine() const noexcept { return impl_->host->engine; }

} // namespace skerry::host
