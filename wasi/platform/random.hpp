// The system's source of random bytes.
#pragma once

#include "wasi/types.hpp"

#include <cstddef>
#include <span>

namespace skerry::wasi::platform {

/// Fills `bytes` with random data that is fit for secrets. Errors: those of the system.
Errno fill_random(std::span<std::byte> bytes) noexcept;

} // namespace skerry::wasi::platform
