// The engine's errors as the plugin host reports them. Internal.
#pragma once

#include "skerry/budget.hpp"
#include "skerry/host/manifest.hpp"
#include "skerry/host/plugin_error.hpp"

namespace skerry::host {

/// What the engine reported while `phase` was going on; the phase becomes decode, validate or link when the
/// kind of error says so. `elapsed`: how long the guest had been running.
PluginError engine_error(const Manifest& manifest, Phase phase, const Error& error,
                         std::chrono::nanoseconds elapsed = {});

/// "limit.total": `what` needs `asked` bytes that the plugin's budget does not have.
PluginError budget_error(const Manifest& manifest, Phase phase, const ByteBudget& budget,
                         std::string_view what, uint64_t asked);

} // namespace skerry::host
