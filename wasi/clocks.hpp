// The clocks that a program sees: those of the embedder, those of the system, or (in deterministic runs) one
// that counts instructions.
#pragma once

#include "wasi/call.hpp"

namespace skerry::wasi {

/// Returns the time of a clock, in nanoseconds. Errors: inval for an id that is not a clock.
Expected<uint64_t> clock_time(Call& call, uint32_t id);
/// Returns the nanoseconds between two successive values of the clock, at least 1. Errors: inval for an id
/// that is not a clock.
Expected<uint64_t> clock_resolution(const Call& call, uint32_t id);

/// Returns whether time is virtual. If it is, waiting for a point in time takes no real time.
bool is_time_virtual(const Call& call);
/// Advances virtual time by `nanoseconds` at once.
void skip_time(Call& call, uint64_t nanoseconds);

} // namespace skerry::wasi
