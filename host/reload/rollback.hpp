// Puts the previous version back in service. Internal.
#pragma once

#include "host/pool/loaded_plugin.hpp"
#include "skerry/host/reload.hpp"

namespace skerry::host {

/// Puts the youngest of the kept versions in service, with the state that it handed over, if it did. `only`:
/// unless another generation serves by now. The version that served is known to be bad from then on. Returns
/// when its calls have ended. Errors: phase reload; "reload.no_version"; the version that serves then stays.
[[nodiscard]] Expected<void> roll_back(LoadedPlugin& plugin, ReloadTrigger trigger,
                                       const GenerationPtr& only = nullptr);

/// The same after `failed` has failed too often, on a thread of the host's.
void roll_back_in_background(LoadedPlugin& plugin, GenerationPtr failed) noexcept;

} // namespace skerry::host
