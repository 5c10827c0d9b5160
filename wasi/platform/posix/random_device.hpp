// The device for random bytes.
#pragma once

#include "wasi/types.hpp"

#include <cstddef>
#include <span>

namespace skerry::wasi::platform {

/// Fills `bytes` from /dev/urandom. Errors: those of the system.
Errno fill_from_device(std::span<std::byte> bytes) noexcept;

} // namespace skerry::wasi::platform
