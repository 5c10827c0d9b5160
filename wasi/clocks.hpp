// The clocks a program sees: the embedder's or the system's.
#pragma once

#include "skerry/wasi/config.hpp"
#include "wasi/types.hpp"

namespace skerry::wasi {

/// Nanoseconds. Errors: inval for an id that is no clock.
Expected<uint64_t> clock_time(const Clocks& clocks, uint32_t id);
/// Nanoseconds between two values of it, at least 1. Errors: inval for an id that is no clock.
Expected<uint64_t> clock_resolution(const Clocks& clocks, uint32_t id);

} // namespace skerry::wasi
