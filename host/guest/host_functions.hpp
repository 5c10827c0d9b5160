// The host's own functions for guests: the imports of module `env`. docs/plugins.md is the specification.
// Internal.
#pragma once

#include "host/guest/plugin_services.hpp"
#include "skerry/host/manifest.hpp"
#include "skerry/linker.hpp"

namespace skerry::host {

/// Defines in `linker` the functions that every plugin has, and those that the manifest grants. A call of
/// such a function finds the CallState of the calling instance through Caller::user_data. `manifest` and
/// `services` must outlive every instance made with the linker.
void define_host_functions(Linker& linker, const Manifest& manifest, const PluginServices& services);

} // namespace skerry::host
