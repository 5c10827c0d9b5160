// A loaded plugin: limits, instances, calls.
#include "skerry/host/plugin.hpp"

#include "host/engine_error.hpp"
#include "host/json.hpp"
#include "host/plugin_impl.hpp"

#include <algorithm>

namespace skerry::host {

using std::chrono::milliseconds;

Expected<std::unique_ptr<Plugin::Impl>> Plugin::Impl::load(std::unique_ptr<const PluginCode> code) {
  auto impl = std::make_unique<Impl>();
  impl->code = std::move(code);
  auto instance = PluginInstance::start(*impl->code);
  if (!instance) return std::unexpected(std::move(instance.error()));
  auto answer = (*instance)->meta();
  if (!answer) return std::unexpected(std::move(answer.error()));
  if (auto ok = impl->check_meta(*answer); !ok) return std::unexpected(std::move(ok.error()));
  if (auto ready = (*instance)->init(); !ready) return std::unexpected(std::move(ready.error()));
  impl->instance_ = std::move(*instance);
  return impl;
}

/// The guest must be who the manifest says it is; what else it tells is its own business.
Expected<void> Plugin::Impl::check_meta(const std::optional<std::string>& answer) {
  const Manifest& manifest = code->manifest;
  meta = answer.value_or(to_json(manifest.meta));
  if (!answer) return {};
  auto json = parse_json(*answer);
  std::string problem;
  if (!json) {
    problem = "the plugin's meta is not JSON: " + json.error();
  } else if (!json->is_object() || !json->contains("name")) {
    problem = "the plugin's meta has no \"name\"";
  } else if ((*json)["name"] != manifest.meta.name) {
    problem = "the plugin calls itself " + dump_json((*json)["name"]) + ", the manifest calls it \"" +
              manifest.meta.name + "\"";
  }
  if (problem.empty()) return {};
  return std::unexpected(make_error(manifest, Phase::init, "meta", std::move(problem)));
}

Expected<Plugin::Impl::Lock> Plugin::Impl::wait_for_turn(Store::Clock::time_point deadline) {
  auto start = Store::Clock::now();
  milliseconds max_wait = code->manifest.pool.max_wait;
  Lock lock(busy_, std::min(deadline, start + max_wait));
  auto waited = std::chrono::duration_cast<std::chrono::microseconds>(Store::Clock::now() - start);
  if (!lock.owns_lock()) {
    bool late = deadline <= start + max_wait;
    auto error =
        make_error(code->manifest, Phase::call, late ? "timeout" : "busy",
                   "no instance became free within " + std::to_string(waited.count() / 1000) + " ms");
    error.limit = LimitReport{late ? "time" : "wait", "ms",
                              static_cast<uint64_t>((late ? code->manifest.timeout : max_wait).count()),
                              std::nullopt, late ? "timeout" : "pool.maxWait"};
    error.elapsed = waited;
    return std::unexpected(std::move(error));
  }
  if (unloaded_)
    return std::unexpected(make_error(code->manifest, Phase::call, "unloaded", "the plugin was unloaded"));
  return lock;
}

Expected<void> Plugin::Impl::make_ready() {
  if (instance_) return {};
  auto instance = PluginInstance::start(*code);
  if (!instance) return std::unexpected(std::move(instance.error()));
  if (auto ready = (*instance)->init(); !ready) return ready;
  instance_ = std::move(*instance);
  return {};
}

Expected<std::string> Plugin::Impl::call(std::string_view input, const CallOptions& options) {
  milliseconds timeout = std::min(options.timeout.value_or(code->manifest.timeout), code->manifest.timeout);
  auto start = Store::Clock::now();
  auto lock = wait_for_turn(start + timeout);
  if (!lock) return std::unexpected(std::move(lock.error()));
  auto waited = Store::Clock::now() - start;
  if (auto ready = make_ready(); !ready) return std::unexpected(std::move(ready.error()));
  auto result = instance_->execute(input, Store::Clock::now() + timeout - waited);
  if (instance_->broken() || code->manifest.pool.state == StateMode::fresh) instance_.reset();
  return result;
}

Expected<void> Plugin::Impl::unload() {
  std::lock_guard lock(busy_);
  unloaded_ = true;
  std::unique_ptr<PluginInstance> last = std::move(instance_);
  return last ? last->destroy() : Expected<void>{};
}

Plugin::Plugin(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Plugin::~Plugin() = default;

const std::string& Plugin::name() const noexcept { return manifest().meta.name; }
const Manifest& Plugin::manifest() const noexcept { return impl_->code->manifest; }
const std::string& Plugin::meta() const noexcept { return impl_->meta; }

Expected<std::string> Plugin::call(std::string_view input, const CallOptions& options) {
  return impl_->call(input, options);
}

Expected<PluginResult> Plugin::execute(const PluginContext& context, const CallOptions& options) {
  auto input = to_json(context);
  if (!input) return std::unexpected(std::move(input.error()));
  auto output = call(*input, options);
  if (!output) return std::unexpected(std::move(output.error()));
  return parse_plugin_result(*output);
}

} // namespace skerry::host
