// Makes shared memory with mmap and MAP_SHARED.
#include "spec-tests/platform/shared_memory.hpp"

#include <sys/mman.h>

#include <cerrno>

namespace skerry::platform {

Expected<SharedMemory, std::error_code> SharedMemory::make(size_t bytes) noexcept {
  void* start = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return Unexpected(std::error_code(errno, std::generic_category()));
  SharedMemory made;
  made.start_ = start;
  made.bytes_ = bytes;
  return made;
}

SharedMemory::~SharedMemory() {
  if (start_ != nullptr) ::munmap(start_, bytes_);
}

} // namespace skerry::platform
