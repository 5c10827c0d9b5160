// The text that `skerry version` prints.
#pragma once

#include <string>

namespace skerry::host::cli {

/// Returns lines with the version, the commit, the compiler, how handlers reach each other, the SIMD targets
/// and the WebAssembly features.
std::string version_text();

} // namespace skerry::host::cli
