// The turns in which threads use the processor. Internal.
#pragma once

namespace skerry::platform {

/// Makes the calling thread's turns on the processor as short as the system allows, so that each turn delays
/// other threads less. The thread's share of the processor stays the same. It must stay the same, because
/// the thread takes locks that other threads wait for, such as those of malloc. Does nothing if the system
/// has no such setting.
void take_short_turns() noexcept;

} // namespace skerry::platform
