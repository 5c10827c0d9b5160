// What the host itself offers to guests: the imports of module `env`. Internal.
#pragma once

#include "skerry/host/capability.hpp"
#include "skerry/linker.hpp"

namespace skerry::host {

/// Defined for every plugin, each with its own capabilities:
///   env.fs_check(path, length) -> i32        1 when the path is granted, else 0
///   env.net_dial(host, length, port) -> i32  1 when a connection could be made, else 0
/// A pointer outside the memory traps. `capabilities` must outlive every instance made with the linker.
void define_host_functions(Linker& linker, const Capabilities& capabilities);

} // namespace skerry::host
