// A host that does what it is told: WASI functions that hand paths to the system as they come, look at no
// right and no mode, and believe every number. Each probe of the escape battery must be able to break it, or
// it shows nothing.
#pragma once

#include "skerry/linker.hpp"
#include "skerry/wasi/wasi.hpp"

namespace skerry::test {

/// Replaces functions that add_to_linker defined. `context` must outlive the linker's instances.
void make_naive(Linker& linker, wasi::Context& context);

} // namespace skerry::test
