// Runs one module with fuel, a deadline and a byte budget that follow from its bytes, and demands what
// docs/security.md promises.
#pragma once

#include <cstddef>
#include <span>

namespace skerry::fuzz {

/// Calls everything that the valid module exports. The process is aborted when a call uses more than it was
/// given, goes on after its deadline, or leaves something charged when it is gone.
void check_limits(std::span<const std::byte> bytes);

} // namespace skerry::fuzz
