#include "host/reload/rollback.hpp"

#include "host/pool/inside.hpp"
#include "host/reload/reload_report.hpp"
#include "host/support/engine_error.hpp"
#include "host/support/fail.hpp"
#include "host/support/out_of_memory.hpp"

namespace skerry::host {

namespace {

using InstancePtr = Generation::InstancePtr;

Expected<GenerationPtr> revive(LoadedPlugin& plugin, const VersionPtr& version) {
  auto place = InstancePlace::take(version->manifest(), plugin.host->cap);
  if (!place) return fail(std::move(place.error()));
  auto first = version->make_instance();
  if (!first) return fail(std::move(first.error()));
  if (version->state) {
    const auto deadline = Store::Clock::now() + version->manifest().reload.state_timeout;
    if (auto done = (*first)->restore_state(*version->state, deadline); !done)
      return fail(std::move(done.error()));
  }
  auto made = std::make_shared<Generation>(version, std::move(*first), place->cap(), plugin.call_metrics);
  place->hand_on();
  return made;
}

PluginError no_version(const GenerationPtr& current) {
  return make_error(current->manifest(), Phase::reload, PluginErrorCode::reload_no_version,
                    "no earlier version is kept; reload.keep sets their number");
}

/// Attempts a rollback once, and returns how the attempt ended. After `changed`, the caller must try again.
Expected<Deployment::Swap> attempt(LoadedPlugin& plugin, ReloadTrigger trigger, const GenerationPtr& only) {
  ReloadReport report(plugin, trigger);
  const Deployment::RollbackTarget target = plugin.deployment.rollback_target();
  if (only && target.current != only) return Deployment::Swap::done;
  if (target.version) report.about(target.version->manifest().meta.version, target.version->hash());
  auto next = report.step(ReloadStep::instantiate, [&]() -> Expected<GenerationPtr> {
    if (!target.version) return fail(no_version(target.current));
    return revive(plugin, target.version);
  });
  if (!next) return fail(std::move(next.error()));
  const auto start = ReloadReport::Clock::now();
  const Deployment::Swap result = plugin.deployment.roll_back(target, *next);
  if (result != Deployment::Swap::done) {
    (void)(*next)->close();
    return result;
  }
  (void)plugin.store->move_to(target.version->manifest().capabilities,
                              target.version->code().services.budget);
  plugin.reload_counts.rolled_back(trigger == ReloadTrigger::error_rate);
  report.tell(ReloadStep::swap, ReloadOutcome::done, ReloadReport::Clock::now() - start);
  report.retire(*target.current);
  return result;
}

Expected<void> attempt_until_done(LoadedPlugin& plugin, ReloadTrigger trigger, const GenerationPtr& only) {
  for (;;) {
    auto result = attempt(plugin, trigger, only);
    if (!result) return fail(std::move(result.error()));
    if (*result == Deployment::Swap::done) return {};
    if (*result == Deployment::Swap::leaving) {
      const GenerationPtr current = plugin.current();
      auto error = make_error(current->manifest(), Phase::reload, PluginErrorCode::reload_swap,
                              "the plugin was unloaded in the meantime");
      error.cause = PluginErrorCode::unloaded;
      return fail(std::move(error));
    }
  }
}

} // namespace

Expected<void> roll_back(LoadedPlugin& plugin, ReloadTrigger trigger, const GenerationPtr& only) {
  return catching_out_of_memory(plugin.name, Phase::reload, "rolling a plugin back", [&]() -> Expected<void> {
    if (auto outside = Inside::refuse(plugin, Phase::reload, "rolled back"); !outside) return outside;
    const Inside inside(plugin);
    return attempt_until_done(plugin, trigger, only);
  });
}

void roll_back_in_background(LoadedPlugin& plugin, GenerationPtr failed) noexcept {
  unless_out_of_memory(
      [&] {
        plugin.host->background.run([kept = plugin.shared_from_this(), failed] {
          (void)roll_back(*kept, ReloadTrigger::error_rate, failed);
        });
      },
      [] {});
}

} // namespace skerry::host
