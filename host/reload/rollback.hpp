// Puts the previous version back in service. Internal.
#pragma once

#include "host/pool/loaded_plugin.hpp"
#include "skerry/host/reload.hpp"

namespace skerry::host {

/// Puts the newest kept version back in service, with the state that it handed over, if any. With `only`,
/// does nothing unless that generation is current. The replaced version is then known to be bad. Returns when
/// its calls have ended. Errors: phase reload, among them "reload.no_version"; the current version then stays
/// in service.
[[nodiscard]] Expected<void> roll_back(LoadedPlugin& plugin, ReloadTrigger trigger,
                                       const GenerationPtr& only = nullptr);

/// The same on a thread of the host, after the generation `failed` has exceeded its error rate.
void roll_back_in_background(LoadedPlugin& plugin, GenerationPtr failed) noexcept;

} // namespace skerry::host
