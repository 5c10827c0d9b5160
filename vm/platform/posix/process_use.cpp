// POSIX does not tell a process how much it uses.
#include "vm/platform/process_limits.hpp"

namespace skerry::platform {

uint64_t address_space_in_use() noexcept { return 0; }

std::optional<ReachedLimit> reached_limit(uint64_t) noexcept { return std::nullopt; }

} // namespace skerry::platform
