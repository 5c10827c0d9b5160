#include "host/reload/reload_transaction.hpp"

#include "host/reload/interface_change.hpp"
#include "host/support/engine_error.hpp"
#include "host/support/fail.hpp"
#include "host/support/out_of_memory.hpp"

namespace skerry::host {

const ReloadTransaction::Step ReloadTransaction::steps[] = {
    {ReloadStep::manifest, &ReloadTransaction::read_manifest, false},
    {ReloadStep::read, &ReloadTransaction::read_file, false},
    {ReloadStep::compare, &ReloadTransaction::check_known, false},
    {ReloadStep::pin, &ReloadTransaction::check_pin, false},
    {ReloadStep::compile, &ReloadTransaction::compile, true},
    {ReloadStep::interface, &ReloadTransaction::check_interface, true},
    {ReloadStep::instantiate, &ReloadTransaction::instantiate, true},
    {ReloadStep::meta, &ReloadTransaction::ask_meta, true},
    {ReloadStep::init, &ReloadTransaction::init, true},
    {ReloadStep::canary, &ReloadTransaction::try_canary, true},
};

ReloadTransaction::ReloadTransaction(LoadedPlugin& plugin, ReloadTrigger trigger, ReloadOptions options,
                                     std::function<Expected<Manifest>()> manifest)
    : plugin_(plugin), trigger_(trigger), options_(options), load_manifest_(std::move(manifest)),
      report_(plugin, trigger) {}

Expected<ReloadResult> ReloadTransaction::run() {
  {
    const Lock lock(plugin_.reload_mutex);
    // The flag is cleared before any file is read, so that a change after this point schedules another
    // reload.
    if (trigger_ == ReloadTrigger::file) plugin_.change_pending = false;
    base_ = plugin_.current();
    Expected<void> ready = without_serving();
    if (ready && unchanged_) {
      plugin_.reload_counts.unchanged();
      return ReloadResult::unchanged;
    }
    if (ready)
      ready = catching_out_of_memory(plugin_.name, Phase::reload, "reloading a plugin",
                                     [&] { return take_over(); });
    if (!ready) {
      give_up();
      return fail(std::move(ready.error()));
    }
  }
  run_in_short_turns([&] { report_.retire(*base_); });
  return ReloadResult::swapped;
}

Expected<void> ReloadTransaction::without_serving() noexcept {
  Expected<void> ready;
  run_in_short_turns([&] {
    ready =
        catching_out_of_memory(plugin_.name, Phase::reload, "reloading a plugin", [&] { return prepare(); });
  });
  return ready;
}

Expected<void> ReloadTransaction::prepare() {
  for (const Step& step : steps) {
    const auto start = Clock::now();
    if (step.name == ReloadStep::compare) {
      unchanged_ = !options_.force && base_->version()->is(manifest_, file_->hash);
      if (unchanged_) {
        report_.tell(step.name, ReloadOutcome::unchanged, Clock::now() - start);
        return {};
      }
    }
    auto done = report_.step(step.name, [&] { return (this->*step.run)(); });
    if (done) continue;
    const PluginError& error = done.error();
    const PluginErrorCode reason = error.cause == PluginErrorCode::none ? error.code : error.cause;
    if (step.says_bad && blame(reason) == Blame::plugin) plugin_.deployment.add_bad(manifest_, file_->hash);
    return done;
  }
  return {};
}

Expected<void> ReloadTransaction::read_manifest() {
  auto manifest = load_manifest_();
  if (!manifest) return fail(std::move(manifest.error()));
  manifest_ = std::move(*manifest);
  report_.about(manifest_.meta.version, "");
  if (manifest_.meta.name == plugin_.name) return {};
  return fail(manifest_, Phase::reload, PluginErrorCode::reload_manifest,
              "the manifest's name is now \"" + manifest_.meta.name + "\"; a plugin's name cannot change");
}

Expected<void> ReloadTransaction::read_file() {
  auto file = read_module(manifest_, plugin_.host->options.max_module_bytes);
  if (!file) return fail(std::move(file.error()));
  file_ = std::move(*file);
  report_.about(manifest_.meta.version, file_->hash);
  return {};
}

Expected<void> ReloadTransaction::check_known() {
  if (options_.force || !plugin_.deployment.is_bad(manifest_, file_->hash)) return {};
  return fail(manifest_, Phase::reload, PluginErrorCode::reload_known_bad,
              "this version (hash xxh3-128:" + file_->hash +
                  ") was tried before and failed; a forced reload tries it again");
}

Expected<void> ReloadTransaction::check_pin() { return host::check_pin(manifest_, *file_); }

Expected<void> ReloadTransaction::compile() {
  auto code = load_code(plugin_.host->engine, manifest_, std::move(file_->bytes),
                        plugin_.services_for(manifest_), plugin_.host->options.load_timeout);
  if (!code) return fail(std::move(code.error()));
  code_ = std::move(*code);
  return {};
}

/// Checks that the exports are compatible and that the file does not look truncated. A file that looks
/// truncated is accepted with `force`, or if the manifest pins the file's hash.
Expected<void> ReloadTransaction::check_interface() {
  const Module& before = base_->code().module;
  const Module& after = version_ ? version_->code().module : code_->module;
  const std::string change = interface_change(before, after);
  if (!change.empty() && !major_version_rises(base_->manifest().meta.version, manifest_.meta.version)) {
    return fail(manifest_, Phase::reload, PluginErrorCode::reload_interface,
                change + "; that needs a higher major version than " + base_->manifest().meta.version +
                    " in meta.version");
  }
  if (options_.force || !manifest_.hash.empty() || !looks_cut_off(before.bytes(), after.bytes())) return {};
  return fail(manifest_, Phase::reload, PluginErrorCode::reload_interface,
              "the file looks cut off: it lacks the last sections that the running version has; if it is "
              "whole, force the reload or pin its hash");
}

Expected<void> ReloadTransaction::instantiate() {
  auto place = InstancePlace::take(manifest_, plugin_.host->cap);
  if (!place) return fail(std::move(place.error()));
  place_.emplace(std::move(*place));
  version_ = std::make_shared<Version>(std::move(code_), file_->hash);
  auto first = version_->start();
  if (!first) return fail(std::move(first.error()));
  first_ = std::move(*first);
  return {};
}

Expected<void> ReloadTransaction::ask_meta() { return version_->ask_meta(*first_); }

Expected<void> ReloadTransaction::init() {
  auto ready = version_->prepare(*first_);
  has_init_ = ready.has_value();
  return ready;
}

Expected<void> ReloadTransaction::try_canary() { return version_->try_canary(first_); }

/// Cleans up after a failure: puts a held instance back in service, and calls `destroy` of the new instance
/// if its `init` has run.
void ReloadTransaction::give_up() noexcept {
  release_held();
  if (first_ && has_init_ && !first_->broken()) (void)first_->destroy();
}

void ReloadTransaction::release_held() noexcept {
  if (!held_) return;
  base_->put_back(held_->broken() ? base_->version()->cleaned(std::move(held_)) : std::move(held_));
}

Expected<void> ReloadTransaction::take_over() {
  if (must_hand_over()) {
    auto handed = report_.step(ReloadStep::state, [&] { return hand_over_state(); });
    if (!handed) return handed;
  }
  return report_.step(ReloadStep::swap, [&] { return swap(); });
}

// State is handed over while the transaction holds the old version's only instance, so that no call can
// change the state. New calls wait in the meantime, and run in the new version after the swap.

bool ReloadTransaction::must_hand_over() const {
  return base_->manifest().pool.state == StateMode::keep && base_->code().abi.save_state &&
         manifest_.pool.state == StateMode::keep && version_->code().abi.restore_state;
}

Expected<void> ReloadTransaction::hand_over_state() {
  if (base_->usage().instances > 1 || base_->manifest().pool.size > 1 || manifest_.pool.size > 1)
    return fail(manifest_, Phase::reload, PluginErrorCode::state_pool,
                "only one instance can hand its state over to another; pool.size must be 1");
  const PoolConfig& pool = base_->manifest().pool;
  auto held = base_->hold(Clock::now() + base_->manifest().timeout + pool.max_wait);
  if (!held)
    return fail(manifest_, Phase::reload, PluginErrorCode::busy,
                "the instance that has the state did not become free");
  held_ = std::move(*held);
  const auto deadline = Clock::now() + manifest_.reload.state_timeout;
  auto state = save_state(deadline);
  if (!state) return fail(std::move(state.error()));
  saved_ = std::move(*state);
  return first_->restore_state(*saved_, deadline);
}

/// Calls `save_state` in a copy of the held instance, so that a failure leaves the instance unchanged. If the
/// instance cannot be copied, calls `save_state` in the instance itself.
Expected<SavedState> ReloadTransaction::save_state(Clock::time_point deadline) {
  if (auto image = held_->freeze()) {
    if (auto copy = PluginInstance::from_image(base_->code(), *image)) return (*copy)->save_state(deadline);
  }
  return held_->save_state(deadline);
}

Expected<void> ReloadTransaction::swap() {
  auto next = std::make_shared<Generation>(version_, std::move(first_), place_->cap(), plugin_.call_metrics);
  place_->hand_on();
  if (!plugin_.store->move_to(manifest_.capabilities, version_->code().services.budget)) {
    (void)next->close();
    return fail(manifest_, Phase::reload, PluginErrorCode::limit_total,
                "the stored values do not fit the budget; capabilities.maxTotalMB raises it");
  }
  auto done = catching_out_of_memory(plugin_.name, Phase::reload, "putting a version in service",
                                     [&] { return publish(next); });
  if (done) return done;
  const GenerationPtr serving = plugin_.current();
  (void)plugin_.store->move_to(serving->manifest().capabilities, serving->code().services.budget);
  (void)next->close();
  return done;
}

/// Makes the new generation current. If a rollback has replaced the generation `base_` in the meantime,
/// checks the interface against the generation that is current now, and tries again.
Expected<void> ReloadTransaction::publish(const GenerationPtr& next) {
  for (;;) {
    if (saved_) base_->version()->state = saved_;
    next->start_error_monitor();
    const Deployment::Swap result = plugin_.deployment.swap(base_, next);
    if (result == Deployment::Swap::leaving)
      return fail(manifest_, Phase::reload, PluginErrorCode::unloaded,
                  "the plugin was unloaded in the meantime");
    if (result == Deployment::Swap::done) break;
    release_held();
    base_ = plugin_.current();
    if (saved_ || must_hand_over())
      return fail(manifest_, Phase::reload, PluginErrorCode::changed,
                  "another version was put in service while the state was handed over");
    if (auto fits = check_interface(); !fits) return fits;
  }
  plugin_.reload_counts.swapped();
  if (!held_) return {};
  base_->stop_admitting(); // waiting calls must not run in the instance whose state was already handed over
  release_held();
  return {};
}

} // namespace skerry::host
