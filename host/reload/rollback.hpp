// Puts the previous version back in service. Internal.
#pragma once

#include "host/pool/loaded_plugin.hpp"
#include "skerry/host/reload.hpp"

namespace skerry::host {

/// Puts the newest kept version back in service, and restores the state that this version handed over, if
/// there is one. If `only` is given and another generation is current, does nothing. The replaced version is
/// remembered as bad. Returns when the replaced version's calls have ended. Errors: phase reload, among them
/// "reload.no_version". After an error the current version stays in service.
[[nodiscard]] Expected<void> roll_back(LoadedPlugin& plugin, ReloadTrigger trigger,
                                       const GenerationPtr& only = nullptr);

/// Rolls back on a thread of the host, after the error rate of the generation `failed` has reached the
/// manifest's limit. Does nothing if `failed` is no longer current.
void roll_back_in_background(LoadedPlugin& plugin, GenerationPtr failed) noexcept;

} // namespace skerry::host
