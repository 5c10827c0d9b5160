// The priority of threads. Internal.
#pragma once

namespace skerry::platform {

/// Lowers the priority of the calling thread, so that it gets a smaller share of the processor and shorter
/// time slices than other threads when all cores are busy. Does nothing if the system refuses, or has only
/// priorities of whole processes.
void lower_own_priority() noexcept;

} // namespace skerry::platform
