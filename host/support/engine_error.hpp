// Converts the engine's errors to errors of the plugin host. Internal.
#pragma once

#include "skerry/budget.hpp"
#include "skerry/host/manifest.hpp"
#include "skerry/host/plugin_error.hpp"

namespace skerry::host {

/// Converts an error that the engine reported during `phase`. If the error's kind is malformed, invalid or
/// unlinkable, the result has phase decode, validate or link instead of `phase`. `elapsed` is how long the
/// guest had been running; 0 if the guest was not running.
PluginError engine_error(const Manifest& manifest, Phase phase, const Error& error,
                         std::chrono::nanoseconds elapsed = {});

/// Makes the error "limit.total": the plugin's budget does not have `asked` bytes left. `what` is the
/// beginning of the message, such as "the module's code needs".
PluginError budget_error(const Manifest& manifest, Phase phase, const ByteBudget& budget,
                         std::string_view what, uint64_t asked);

} // namespace skerry::host
