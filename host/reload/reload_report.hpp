// Tells of the steps of one reload or rollback. Internal.
#pragma once

#include "host/pool/loaded_plugin.hpp"
#include "host/support/out_of_memory.hpp"
#include "skerry/host/reload.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace skerry::host {

/// Each step is timed and becomes an event; a failed one is counted and becomes an error of phase reload.
class ReloadReport {
public:
  using Clock = std::chrono::steady_clock;

  ReloadReport(LoadedPlugin& plugin, ReloadTrigger trigger) : plugin_(plugin), trigger_(trigger) {}

  /// Which version the events are about, from now on.
  void about(std::string version, std::string hash) {
    version_ = std::move(version);
    hash_ = std::move(hash);
  }

  /// Runs `work`, which returns an Expected of anything, and tells how it went.
  template <class Work> auto step(ReloadStep which, const Work& work) -> decltype(work()) {
    const auto start = Clock::now();
    auto result = catching_out_of_memory(plugin_.name, Phase::reload, "reloading a plugin", work);
    if (!result) result.error() = failure(which, std::move(result.error()));
    tell(which, result ? ReloadOutcome::done : ReloadOutcome::failed, Clock::now() - start,
         result ? nullptr : &result.error());
    return result;
  }
  /// A step that ended otherwise. Not told where there is no memory for it.
  void tell(ReloadStep step, ReloadOutcome outcome, std::chrono::nanoseconds duration,
            const PluginError* error = nullptr) noexcept;

  /// The old version, or what was made in vain: its calls end, its guest may destroy itself.
  void retire(Generation& generation) noexcept;

private:
  PluginError failure(ReloadStep step, PluginError cause) noexcept;

  LoadedPlugin& plugin_;
  const ReloadTrigger trigger_;
  std::string version_, hash_;
};

} // namespace skerry::host
