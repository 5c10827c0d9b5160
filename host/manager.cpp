// The map of loaded plugins: load, get, unload, close.
#include "skerry/host/manager.hpp"

#include "host/engine_error.hpp"
#include "host/near_miss.hpp"
#include "host/plugin_impl.hpp"

#include <unistd.h>

#include <array>
#include <map>
#include <mutex>

namespace skerry::host {

namespace {

/// The default for guests' output; what cannot be written is lost.
void write_to_stderr(std::string_view, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    ssize_t count = write(STDERR_FILENO, bytes.data(), bytes.size());
    if (count <= 0) return;
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
}

/// The default for log lines.
void log_to_stderr(std::string_view plugin, LogLevel level, std::string_view text) {
  std::string line;
  line.append(plugin).append(": ").append(log_level_name(level)).append(": ");
  for (char c : text) line += static_cast<unsigned char>(c) < 0x20 && c != '\t' ? '?' : c;
  line += '\n';
  write_to_stderr(plugin, std::as_bytes(std::span(line)));
}

PluginError name_error(Phase phase, std::string code, std::string_view name, std::string message) {
  PluginError error;
  error.phase = phase;
  error.code = std::move(code);
  error.plugin = name;
  error.message = std::move(message);
  return error;
}

PluginError closed_error(std::string_view name) {
  return name_error(Phase::read, "closed", name, "the plugin manager is closed");
}

} // namespace

struct Manager::Impl {
  explicit Impl(ManagerOptions given)
      : options(std::move(given)), engine(options.engine),
        cap(std::make_shared<InstanceCap>(options.max_instances)) {
    if (!options.guest_output) options.guest_output = write_to_stderr;
    if (!options.guest_log) options.guest_log = log_to_stderr;
  }

  /// A name is taken before its plugin is loaded, so that of two loads at once one fails early.
  Expected<void> reserve(const std::string& name);
  void forget(const std::string& name);
  /// False when the manager was closed meanwhile.
  bool publish(const std::string& name, const PluginHandle& plugin);
  Expected<PluginHandle> load(const Manifest& manifest) const;
  PluginError not_found(std::string_view name) const; // with the mutex held

  ManagerOptions options;
  Engine engine;
  std::shared_ptr<InstanceCap> cap;
  mutable std::mutex mutex; // guards what follows; never held while guests run
  std::map<std::string, PluginHandle, std::less<>> plugins; // null: being loaded
  bool closed = false;
};

Expected<void> Manager::Impl::reserve(const std::string& name) {
  std::lock_guard lock(mutex);
  if (closed) return std::unexpected(closed_error(name));
  if (plugins.try_emplace(name).second) return {};
  return std::unexpected(name_error(Phase::read, "duplicate", name,
                                    "a plugin called \"" + name + "\" is loaded already; unload it first"));
}

void Manager::Impl::forget(const std::string& name) {
  std::lock_guard lock(mutex);
  plugins.erase(name);
}

bool Manager::Impl::publish(const std::string& name, const PluginHandle& plugin) {
  std::lock_guard lock(mutex);
  if (!closed) plugins[name] = plugin;
  return !closed;
}

PluginError Manager::Impl::not_found(std::string_view name) const {
  std::vector<std::string> names;
  for (const auto& [known, _] : plugins) names.push_back(known);
  return name_error(Phase::call, "not_found", name,
                    "no plugin called \"" + std::string(name) + "\" is loaded" + did_you_mean(name, names));
}

Manager::Manager(ManagerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Manager::~Manager() { close(); }

Expected<PluginHandle> Manager::Impl::load(const Manifest& manifest) const {
  PluginServices services{options.guest_output, options.guest_log,
                          std::make_shared<ByteBudget>(manifest.capabilities.max_total_bytes()), nullptr,
                          options.imports};
  services.store = std::make_shared<KeyValueStore>(manifest.capabilities, services.budget);
  auto plugin = std::make_unique<Plugin::Impl>(manifest, std::move(services), cap);
  if (auto done = plugin->load(engine, manifest, options.max_module_bytes); !done)
    return std::unexpected(std::move(done.error()));
  return std::make_shared<Plugin>(std::move(plugin));
}

Expected<PluginHandle> Manager::load(const Manifest& manifest) {
  const std::string& name = manifest.meta.name;
  if (auto free = impl_->reserve(name); !free) return std::unexpected(std::move(free.error()));
  auto plugin = impl_->load(manifest);
  if (!plugin) {
    impl_->forget(name);
    return plugin;
  }
  if (impl_->publish(name, *plugin)) return plugin;
  (void)(*plugin)->impl().unload(); // closed meanwhile
  return std::unexpected(closed_error(name));
}

Expected<PluginHandle> Manager::load(const std::filesystem::path& manifest_file) {
  auto manifest = read_manifest(manifest_file);
  if (!manifest) return std::unexpected(std::move(manifest.error()));
  return load(*manifest);
}

Expected<PluginHandle> Manager::get(std::string_view name) const {
  std::lock_guard lock(impl_->mutex);
  auto found = impl_->plugins.find(name);
  if (found == impl_->plugins.end() || !found->second) return std::unexpected(impl_->not_found(name));
  return found->second;
}

Expected<std::string> Manager::call(std::string_view name, std::string_view input,
                                    const CallOptions& options) {
  auto plugin = get(name);
  if (!plugin) return std::unexpected(std::move(plugin.error()));
  return (*plugin)->call(input, options);
}

Expected<void> Manager::reload(const Manifest& manifest) {
  auto plugin = get(manifest.meta.name);
  if (!plugin) return std::unexpected(std::move(plugin.error()));
  return (*plugin)->impl().load(impl_->engine, manifest, impl_->options.max_module_bytes);
}

Expected<void> Manager::unload(std::string_view name) {
  PluginHandle plugin;
  {
    std::lock_guard lock(impl_->mutex);
    auto found = impl_->plugins.find(name);
    if (found == impl_->plugins.end() || !found->second) return std::unexpected(impl_->not_found(name));
    plugin = std::move(found->second);
    impl_->plugins.erase(found);
  }
  return plugin->impl().unload();
}

void Manager::close() {
  std::map<std::string, PluginHandle, std::less<>> all;
  {
    std::lock_guard lock(impl_->mutex);
    impl_->closed = true;
    all.swap(impl_->plugins);
  }
  for (auto& [name, plugin] : all) {
    if (plugin) (void)plugin->impl().unload(); // nobody is left to be told
  }
}

std::vector<std::string> Manager::names() const {
  std::lock_guard lock(impl_->mutex);
  std::vector<std::string> names;
  for (const auto& [name, plugin] : impl_->plugins) {
    if (plugin) names.push_back(name);
  }
  return names;
}

std::vector<PluginMetrics> Manager::metrics() const {
  std::vector<PluginHandle> plugins;
  {
    std::lock_guard lock(impl_->mutex);
    for (const auto& [name, plugin] : impl_->plugins)
      if (plugin) plugins.push_back(plugin);
  }
  std::vector<PluginMetrics> metrics;
  for (const PluginHandle& plugin : plugins) metrics.push_back(plugin->metrics());
  return metrics;
}

std::string_view log_level_name(LogLevel level) noexcept {
  constexpr std::array<std::string_view, 5> names{"trace", "debug", "info", "warn", "error"};
  return names[static_cast<size_t>(level)];
}

const Engine& Manager::engine() const noexcept { return impl_->engine; }

} // namespace skerry::host
