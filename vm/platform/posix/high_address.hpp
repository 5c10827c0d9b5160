// An address that tells how large the address space is.
#pragma once

#include <cstdint>

namespace skerry::platform {

/// Returns an address near the upper end of the addresses that the system gives to the process. Thread-safe.
uint64_t high_address() noexcept;

} // namespace skerry::platform
