// The clocks a program sees: the embedder's, the system's, or one that counts instructions.
#pragma once

#include "wasi/call.hpp"

namespace skerry::wasi {

/// Nanoseconds. Errors: inval for an id that is no clock.
Expected<uint64_t> clock_time(Call& call, uint32_t id);
/// Nanoseconds between two values of it, at least 1. Errors: inval for an id that is no clock.
Expected<uint64_t> clock_resolution(const Call& call, uint32_t id);

/// Whether waiting for a moment takes no time.
bool is_time_virtual(const Call& call);
/// Lets `nanoseconds` of virtual time pass at once.
void skip_time(Call& call, uint64_t nanoseconds);

} // namespace skerry::wasi
