// memfd_create.
#include "vm/platform/posix/anonymous_file.hpp"

#include "vm/base/address.hpp"
#include "vm/platform/frozen_bytes.hpp"

#include <fcntl.h>
#include <sys/mman.h>

namespace skerry::platform {

OwnedFd make_anonymous_file() noexcept {
  return OwnedFd(::memfd_create("skerry-image", MFD_CLOEXEC | MFD_ALLOW_SEALING));
}

void seal_anonymous_file(const OwnedFd& file) noexcept {
  (void)::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE);
}

bool discard_writes(std::byte* start, uint64_t bytes) noexcept {
  return ::madvise(start, vm::to_size(bytes), MADV_DONTNEED) == 0;
}

} // namespace skerry::platform
