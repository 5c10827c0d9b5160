// Reports the steps of one reload or rollback. Internal.
#pragma once

#include "host/pool/loaded_plugin.hpp"
#include "host/support/out_of_memory.hpp"
#include "skerry/host/reload.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace skerry::host {

/// Times each step and reports it as an event. A failed step is counted in the plugin's metrics. The error of
/// a failed step gets phase reload and the step's code; its original phase and code become the cause.
class ReloadReport {
public:
  using Clock = std::chrono::steady_clock;

  ReloadReport(LoadedPlugin& plugin, ReloadTrigger trigger) : plugin_(plugin), trigger_(trigger) {}

  /// Sets the version that later events are about.
  void about(std::string version, std::string hash) {
    version_ = std::move(version);
    hash_ = std::move(hash);
  }

  /// Runs `work` as the step `which`, and reports how the step ended. Returns the result of `work`, which is
  /// an Expected of any type.
  template <class Work> auto step(ReloadStep which, const Work& work) -> decltype(work()) {
    const auto start = Clock::now();
    auto result = catching_out_of_memory(plugin_.name, Phase::reload, "reloading a plugin", work);
    if (!result) result.error() = failure(which, std::move(result.error()));
    tell(which, result ? ReloadOutcome::done : ReloadOutcome::failed, Clock::now() - start,
         result ? nullptr : &result.error());
    return result;
  }
  /// Reports a step that was not run with the function `step`. If memory runs out, the report is lost.
  void tell(ReloadStep step, ReloadOutcome outcome, std::chrono::nanoseconds duration,
            const PluginError* error = nullptr) noexcept;

  /// Waits for the calls of a generation that is out of service, and then calls `destroy` of its guest. The
  /// wait is reported as the step `drain`, the call as the step `destroy`. Both events have this generation's
  /// version.
  void retire(Generation& generation) noexcept;

private:
  PluginError failure(ReloadStep step, PluginError cause) noexcept;

  LoadedPlugin& plugin_;
  const ReloadTrigger trigger_;
  std::string version_, hash_;
};

} // namespace skerry::host
