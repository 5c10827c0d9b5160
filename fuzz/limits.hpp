// Runs one module with fuel, a deadline and a byte budget derived from its bytes, and checks the promises of
// docs/security.md.
#pragma once

#include <cstddef>
#include <span>

namespace skerry::fuzz {

/// Calls all exports of the valid module. The process is aborted if a call uses more than it was given,
/// continues after its deadline, or leaves a charge when it is destroyed.
void check_limits(std::span<const std::byte> bytes);

} // namespace skerry::fuzz
