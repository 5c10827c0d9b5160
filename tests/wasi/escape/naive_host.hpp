// A naive host: WASI functions that pass paths unchecked to the system, ignore rights and modes, and believe
// every number. Each probe of the escape battery must be able to break it; otherwise the probe shows nothing.
#pragma once

#include "skerry/linker.hpp"
#include "skerry/wasi/wasi.hpp"

namespace skerry::test {

/// Replaces functions that add_to_linker defined. `context` must outlive the linker's instances.
void make_naive(Linker& linker, wasi::Context& context);

} // namespace skerry::test
