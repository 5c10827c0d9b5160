// In POSIX the niceness belongs to the process, so a thread cannot lower only its own priority.
#include "host/platform/thread_priority.hpp"

namespace skerry::platform {

void lower_own_priority() noexcept {}

} // namespace skerry::platform
