// POSIX has no files without a name: shm_open needs one, and a name may be taken.
#include "vm/platform/posix/anonymous_file.hpp"

#include "vm/platform/frozen_bytes.hpp"

namespace skerry::platform {

OwnedFd make_anonymous_file() noexcept { return OwnedFd(); }
void seal_anonymous_file(const OwnedFd&) noexcept {}

// Only Linux promises that MADV_DONTNEED takes private writes back.
bool discard_writes(std::byte*, uint64_t) noexcept { return false; }

} // namespace skerry::platform
