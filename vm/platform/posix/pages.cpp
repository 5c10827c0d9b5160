// mmap and munmap.
#include "vm/platform/pages.hpp"

#include "vm/base/address.hpp"
#include "vm/platform/posix/map.hpp"

#include <unistd.h>

namespace skerry::platform {

uint64_t page_bytes() noexcept { return static_cast<uint64_t>(::sysconf(_SC_PAGESIZE)); }

std::byte* map_pages(uint64_t bytes) noexcept { return map_private(nullptr, bytes, 0, -1); }

void unmap_pages(std::byte* start, uint64_t bytes) noexcept {
  // munmap fails if it would split a mapping and the system allows no more mappings (vm.max_map_count of
  // Linux).
  if (::munmap(start, vm::to_size(bytes)) != 0) (void)::madvise(start, vm::to_size(bytes), MADV_DONTNEED);
}

bool replace_pages(std::byte* start, uint64_t bytes) noexcept {
  return map_private(start, bytes, MAP_FIXED, -1) != nullptr;
}

} // namespace skerry::platform
