// POSIX has no setting for the length of a thread's turns.
#include "host/platform/thread_turns.hpp"

namespace skerry::platform {

void take_short_turns() noexcept {}

} // namespace skerry::platform
