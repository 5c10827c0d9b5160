// mremap, guard pages that do not split a mapping, and huge pages.
#include "vm/base/address.hpp"
#include "vm/platform/pages.hpp"

#include "vm/platform/linux/system_file.hpp"

#include <sys/mman.h>

#include <cerrno>

// The thread sanitizer follows only mmap and munmap. After an mremap it would consider the pages at the old
// address still in use.
#if defined(__SANITIZE_THREAD__)
#define SKERRY_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SKERRY_THREAD_SANITIZER 1
#endif
#endif
#if !defined(SKERRY_THREAD_SANITIZER)
#define SKERRY_THREAD_SANITIZER 0
#endif

namespace skerry::platform {

namespace {

/// Calls mremap. Returns MAP_FAILED and sets errno to ENOSYS in builds with the thread sanitizer.
void* remap(std::byte* start, uint64_t bytes, uint64_t new_bytes, int flags, std::byte* to) noexcept {
  if constexpr (SKERRY_THREAD_SANITIZER) {
    errno = ENOSYS;
    return MAP_FAILED;
  }
  return ::mremap(start, vm::to_size(bytes), vm::to_size(new_bytes), flags, to);
}

} // namespace

bool guard_pages(std::byte* start, uint64_t bytes) noexcept {
  constexpr int guard_install = 102; // since Linux 6.13; unlike mprotect, it does not split the mapping
  // qemu-user accepts every advice and does nothing. So guard_install is used only if the system refuses an
  // advice that does not exist.
  constexpr int no_advice = 0x7fff'ffff;
  const size_t size = vm::to_size(bytes);
  const bool checks_advice = ::madvise(start, size, no_advice) != 0;
  if (checks_advice && ::madvise(start, size, guard_install) == 0) return true;
  return ::mprotect(start, size, PROT_NONE) == 0;
}

std::byte* remap_pages(std::byte* start, uint64_t bytes, uint64_t new_bytes) noexcept {
  void* moved = remap(start, bytes, new_bytes, MREMAP_MAYMOVE, nullptr);
  return moved == MAP_FAILED ? nullptr : static_cast<std::byte*>(moved);
}

bool extend_pages(std::byte* start, uint64_t bytes, uint64_t new_bytes) noexcept {
  return remap(start, bytes, new_bytes, 0, nullptr) != MAP_FAILED;
}

Moved move_pages(std::byte* start, uint64_t bytes, std::byte* to, uint64_t new_bytes) noexcept {
  if (remap(start, bytes, new_bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to) != MAP_FAILED) return Moved::yes;
  // Sandboxes around this process answer ENOSYS or EPERM. Then the call was not made.
  return errno == ENOSYS || errno == EPERM ? Moved::unsupported : Moved::no;
}

bool has_automatic_huge_pages() noexcept {
  SystemFile enabled("/sys/kernel/mm/transparent_hugepage/enabled");
  return enabled.next().find("[always]") != std::string_view::npos;
}

void use_small_pages(std::byte* start, uint64_t bytes) noexcept {
  (void)::madvise(start, vm::to_size(bytes), MADV_NOHUGEPAGE);
}

} // namespace skerry::platform
