// Implements skerry/host/plugin.hpp.
#include "skerry/host/plugin.hpp"

#include "host/manager/plugin_impl.hpp"
#include "host/pool/inside.hpp"
#include "host/reload/rollback.hpp"
#include "host/support/fail.hpp"
#include "host/support/out_of_memory.hpp"
#include "skerry/host/plugin_call.hpp"

namespace skerry::host {

Plugin::Plugin(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Plugin::~Plugin() = default;

const std::string& Plugin::name() const noexcept { return impl_->loaded->name; }
Manifest Plugin::manifest() const { return impl_->loaded->current()->manifest(); }
std::string Plugin::meta() const { return impl_->loaded->current()->version()->meta(); }
PoolConfig Plugin::pool() const { return impl_->loaded->current()->pool(); }
PluginMetrics Plugin::metrics() const { return impl_->loaded->metrics(); }
void Plugin::resize(uint32_t instances) { impl_->loaded->current()->resize(instances); }

bool Plugin::drain() {
  if (Inside::of(*impl_->loaded)) return false;
  impl_->loaded->drain();
  return true;
}

Expected<std::string> Plugin::call(std::string_view input, const CallOptions& options) {
  LoadedPlugin& loaded = *impl_->loaded;
  GenerationPtr failed;
  const auto run = [&]() -> Expected<std::string> {
    const Inside inside(loaded);
    auto started = loaded.begin(input.size(), options, failed);
    if (!started) return fail(std::move(started.error()));
    auto result = started->lease->execute(input, started->deadline);
    if (!result) started->describe_wait(result.error());
    failed = loaded.end(*started, result ? nullptr : &result.error());
    return result;
  };
  auto result = run();
  if (failed)
    roll_back_in_background(loaded, std::move(failed)); // after the call, because a rollback waits for calls
  return result;
}

Expected<PluginCall> Plugin::begin(std::string input, const CallOptions& options) {
  return PluginCall::begin(shared_from_this(), std::move(input), options);
}

Expected<PluginResult> Plugin::execute(const PluginContext& context, const CallOptions& options) {
  return catching_out_of_memory(impl_->loaded->name, Phase::call, "calling a plugin",
                                [&]() -> Expected<PluginResult> {
                                  auto input = to_json(context);
                                  if (!input) return fail(std::move(input.error()));
                                  auto output = call(*input, options);
                                  if (!output) return fail(std::move(output.error()));
                                  return parse_plugin_result(*output);
                                });
}

} // namespace skerry::host
