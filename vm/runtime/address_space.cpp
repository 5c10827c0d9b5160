#include "vm/runtime/address_space.hpp"

#include <sys/mman.h>
#include <unistd.h>

namespace skerry::vm {

std::byte* reserve_pages(uint64_t bytes) noexcept {
  if (bytes == 0 || bytes > SIZE_MAX) return nullptr;
  void* start = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return start == MAP_FAILED ? nullptr : static_cast<std::byte*>(start);
}

bool commit_pages(std::byte* start, uint64_t bytes) noexcept {
  return bytes == 0 || mprotect(start, bytes, PROT_READ | PROT_WRITE) == 0;
}

void release_pages(std::byte* start, uint64_t bytes) noexcept {
  if (start != nullptr) munmap(start, bytes);
}

uint64_t round_up_to_page(uint64_t bytes) noexcept {
  const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

} // namespace skerry::vm
