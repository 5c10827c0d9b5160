// Measures the most heap memory that a piece of code holds. Replaces the program's operator new and delete,
// so only one source of a test program may include it. Sanitizers have their own operators and report each
// block instead.
#pragma once

#include "tests/support/heap.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SKERRY_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SKERRY_SANITIZED 1
#endif
#endif
#if defined(SKERRY_SANITIZED)
#include <sanitizer/allocator_interface.h>
#endif

#if defined(SKERRY_SANITIZED)

extern "C" void __sanitizer_malloc_hook(const volatile void*, size_t size) { skerry::test::heap::add(size); }
extern "C" void __sanitizer_free_hook(const volatile void* block) {
  if (block != nullptr) skerry::test::heap::remove(__sanitizer_get_allocated_size(block));
}

#else

namespace skerry::test::heap {

inline void* counted(void* block) {
  if (block == nullptr) std::abort();
  add(malloc_usable_size(block));
  return block;
}
inline void release(void* block) noexcept {
  if (block != nullptr) remove(malloc_usable_size(block));
  std::free(block);
}

} // namespace skerry::test::heap

// The other forms of the standard library call these.
void* operator new(size_t size) {
  return skerry::test::heap::counted(std::malloc(std::max<size_t>(size, 1)));
}
void* operator new(size_t size, std::align_val_t alignment) {
  const auto align = static_cast<size_t>(alignment);
  return skerry::test::heap::counted(std::aligned_alloc(align, (size + align - 1) / align * align));
}
void operator delete(void* block) noexcept { skerry::test::heap::release(block); }
void operator delete(void* block, size_t) noexcept { skerry::test::heap::release(block); }
void operator delete(void* block, std::align_val_t) noexcept { skerry::test::heap::release(block); }
void operator delete(void* block, size_t, std::align_val_t) noexcept { skerry::test::heap::release(block); }

#endif
