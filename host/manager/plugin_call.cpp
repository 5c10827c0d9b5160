// Implements PluginCall. Between two runs, a call is parked (Generation::park), so that unloads and reloads
// do not wait for the call.
#include "skerry/host/plugin_call.hpp"

#include "host/manager/plugin_impl.hpp"
#include "host/pool/inside.hpp"
#include "host/reload/rollback.hpp"
#include "host/support/engine_error.hpp"
#include "host/support/fail.hpp"
#include "host/support/out_of_memory.hpp"

#include <optional>
#include <utility>

namespace skerry::host {

namespace {

Expected<LoadedPlugin::Started> begin_inside(LoadedPlugin& plugin, uint64_t input_bytes,
                                             const CallOptions& options, GenerationPtr& failed) noexcept {
  const Inside inside(plugin);
  return plugin.begin(input_bytes, options, failed);
}

} // namespace

struct PluginCall::Impl {
  Impl(std::shared_ptr<Plugin> owner, Manifest of) : plugin(std::move(owner)), manifest(std::move(of)) {}
  ~Impl() {
    if (started) end_early(given_up(), false);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Expected<State> run(uint64_t instructions);
  Expected<ResumableExecution::State> run_inside(uint64_t instructions);
  Expected<void> begin(LoadedPlugin::Started begun, std::string input) noexcept;
  void finish() noexcept;
  void end_early(const PluginError& error, bool unparked) noexcept;
  void give_back(const PluginError* error) noexcept;
  PluginError given_up() const noexcept {
    return unless_out_of_memory(
        [&] {
          return make_error(manifest, Phase::call, PluginErrorCode::cancelled, "the call was cancelled");
        },
        [&] { return out_of_memory_error(manifest.meta.name, Phase::call, "cancelling a call"); });
  }

  const std::shared_ptr<Plugin> plugin;
  const Manifest manifest;                      // a copy, because the generation may be destroyed earlier
  std::optional<LoadedPlugin::Started> started; // empty after the call has ended
  std::string result;
};

/// Begins the execution and parks the call. If the execution cannot begin, records that the admitted call
/// has ended.
Expected<void> PluginCall::Impl::begin(LoadedPlugin::Started begun, std::string input) noexcept {
  started.emplace(std::move(begun));
  auto ready = started->lease->begin(std::move(input), started->deadline);
  if (!ready)
    end_early(ready.error(), true);
  else
    started->lease.generation().park();
  return ready;
}

void PluginCall::Impl::finish() noexcept {
  result = started->lease->take_answer();
  started->lease->end();
  give_back(nullptr);
}

void PluginCall::Impl::end_early(const PluginError& error, bool unparked) noexcept {
  if (!unparked) (void)started->lease.generation().unpark();
  started->lease->end();
  give_back(&error);
}

void PluginCall::Impl::give_back(const PluginError* error) noexcept {
  GenerationPtr failed = plugin->impl().loaded->end(*started, error);
  started.reset();
  if (failed) roll_back_in_background(*plugin->impl().loaded, std::move(failed));
}

Expected<PluginCall::State> PluginCall::Impl::run(uint64_t instructions) {
  if (!started) return fail(manifest, Phase::call, PluginErrorCode::usage, "the call has ended");
  auto state = run_inside(instructions);
  if (!state) {
    started->describe_wait(state.error());
    end_early(state.error(), true);
    return fail(std::move(state.error()));
  }
  Generation& generation = started->lease.generation();
  switch (*state) {
  case ResumableExecution::State::finished: finish(); return State::finished;
  case ResumableExecution::State::out_of_fuel: generation.park(); return State::out_of_fuel;
  case ResumableExecution::State::not_ready: generation.park(); return State::not_ready;
  }
  std::unreachable();
}

/// Runs the guest, unless the plugin was unloaded.
Expected<ResumableExecution::State> PluginCall::Impl::run_inside(uint64_t instructions) {
  const Inside inside(*plugin->impl().loaded);
  Generation& generation = started->lease.generation();
  const auto unloaded = [&]() -> Expected<ResumableExecution::State> { return fail(generation.unloaded()); };
  return generation.unpark() ? started->lease->resume(instructions)
                             : catching_out_of_memory(plugin->name(), Phase::call, "ending a call", unloaded);
}

PluginCall::PluginCall(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
PluginCall::PluginCall(PluginCall&&) noexcept = default;
PluginCall& PluginCall::operator=(PluginCall&&) noexcept = default;
PluginCall::~PluginCall() = default;

Expected<PluginCall> PluginCall::begin(std::shared_ptr<Plugin> plugin, std::string input,
                                       const CallOptions& options) {
  return catching_out_of_memory(
      plugin->name(), Phase::call, "beginning a call", [&]() -> Expected<PluginCall> {
        LoadedPlugin& of = *plugin->impl().loaded;
        GenerationPtr failed;
        auto begun = begin_inside(of, input.size(), options, failed);
        if (failed) roll_back_in_background(of, std::move(failed));
        if (!begun) return fail(std::move(begun.error()));
        auto made = catching_out_of_memory(
            of.name, Phase::call, "beginning a call", [&]() -> Expected<std::unique_ptr<Impl>> {
              return std::make_unique<Impl>(plugin, begun->lease.generation().manifest());
            });
        if (!made) {
          (void)of.end(*begun, &made.error()); // never a reason for a rollback
          return fail(std::move(made.error()));
        }
        if (auto ready = (*made)->begin(std::move(*begun), std::move(input)); !ready)
          return fail(std::move(ready.error()));
        return PluginCall(std::move(*made));
      });
}

Expected<PluginCall::State> PluginCall::run(uint64_t instructions) {
  return catching_out_of_memory(impl_->plugin->name(), Phase::call, "running a call",
                                [&] { return impl_->run(instructions); });
}
const std::string& PluginCall::result() const noexcept { return impl_->result; }

} // namespace skerry::host
