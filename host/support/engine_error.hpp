// Converts the engine's errors to errors of the plugin host. Internal.
#pragma once

#include "skerry/budget.hpp"
#include "skerry/host/manifest.hpp"
#include "skerry/host/plugin_error.hpp"

namespace skerry::host {

/// Converts an error that the engine reported during `phase`. The phase becomes decode, validate or link if
/// the kind of error says so. `elapsed` is how long the guest had been running.
PluginError engine_error(const Manifest& manifest, Phase phase, const Error& error,
                         std::chrono::nanoseconds elapsed = {});

/// Makes the error "limit.total": `what` needs `asked` bytes, which the plugin's budget does not have.
PluginError budget_error(const Manifest& manifest, Phase phase, const ByteBudget& budget,
                         std::string_view what, uint64_t asked);

} // namespace skerry::host
