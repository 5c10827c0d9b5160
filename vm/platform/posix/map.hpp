// mmap with the flags that all pages of guests have.
#pragma once

#include "vm/base/address.hpp"

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

namespace skerry::platform {

/// Maps readable and writable private pages: those of `file`, or zeroed pages if `file` is negative. `flags`
/// are added to the flags of mmap. Returns null if the system refuses.
inline std::byte* map_private(void* at, uint64_t bytes, int flags, int file) noexcept {
  if (file < 0) flags |= MAP_ANONYMOUS;
#if defined(MAP_NORESERVE)
  flags |= MAP_NORESERVE;
#endif
  void* mapped = ::mmap(at, vm::to_size(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | flags, file, 0);
  return mapped == MAP_FAILED ? nullptr : static_cast<std::byte*>(mapped);
}

} // namespace skerry::platform
