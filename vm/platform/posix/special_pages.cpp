// POSIX cannot move or extend a mapping, and has no huge pages.
#include "vm/base/address.hpp"
#include "vm/platform/pages.hpp"

#include <sys/mman.h>

namespace skerry::platform {

bool guard_pages(std::byte* start, uint64_t bytes) noexcept {
  return ::mprotect(start, vm::to_size(bytes), PROT_NONE) == 0;
}

std::byte* remap_pages(std::byte*, uint64_t, uint64_t) noexcept { return nullptr; }
bool extend_pages(std::byte*, uint64_t, uint64_t) noexcept { return false; }
Moved move_pages(std::byte*, uint64_t, std::byte*, uint64_t) noexcept { return Moved::unsupported; }

bool has_automatic_huge_pages() noexcept { return false; }
void use_small_pages(std::byte*, uint64_t) noexcept {}

} // namespace skerry::platform
