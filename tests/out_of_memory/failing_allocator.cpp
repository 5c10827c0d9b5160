#include "tests/out_of_memory/failing_allocator.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace skerry::test {

namespace {

constexpr uint64_t never = ~uint64_t{0};

std::atomic<uint64_t> counted{0};
std::atomic<uint64_t> first_failure{never}, last_failure{never};
std::atomic<int64_t> live{0};

bool must_fail() {
  const uint64_t number = ++counted;
  return number >= first_failure && number <= last_failure;
}

void* allocate(size_t size, size_t alignment) noexcept {
  if (must_fail()) return nullptr;
  size = std::max<size_t>(size, 1);
  void* block = alignment <= alignof(std::max_align_t)
                    ? std::malloc(size)
                    : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (block != nullptr) ++live;
  return block;
}

void* allocate_or_throw(size_t size, size_t alignment) {
  if (void* block = allocate(size, alignment)) return block;
  throw std::bad_alloc();
}

void release(void* block) noexcept {
  if (block != nullptr) --live;
  std::free(block);
}

} // namespace

FailingAllocator::FailingAllocator(uint64_t nth, Failing how) {
  counted = 0;
  last_failure = how == Failing::once ? nth : never;
  first_failure = nth == 0 ? never : nth;
}
FailingAllocator::~FailingAllocator() { first_failure = never; }
uint64_t FailingAllocator::made() const { return counted; }

int64_t live_blocks() { return live; }

} // namespace skerry::test

using skerry::test::allocate, skerry::test::allocate_or_throw, skerry::test::release;

void* operator new(size_t size) { return allocate_or_throw(size, 1); }
void* operator new[](size_t size) { return allocate_or_throw(size, 1); }
void* operator new(size_t size, const std::nothrow_t&) noexcept { return allocate(size, 1); }
void* operator new[](size_t size, const std::nothrow_t&) noexcept { return allocate(size, 1); }
void* operator new(size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<size_t>(alignment));
}
void* operator new[](size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<size_t>(alignment));
}
void* operator new(size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(size, static_cast<size_t>(alignment));
}
void* operator new[](size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(size, static_cast<size_t>(alignment));
}
void operator delete(void* block) noexcept { release(block); }
void operator delete[](void* block) noexcept { release(block); }
void operator delete(void* block, size_t) noexcept { release(block); }
void operator delete[](void* block, size_t) noexcept { release(block); }
void operator delete(void* block, std::align_val_t) noexcept { release(block); }
void operator delete[](void* block, std::align_val_t) noexcept { release(block); }
void operator delete(void* block, size_t, std::align_val_t) noexcept { release(block); }
void operator delete[](void* block, size_t, std::align_val_t) noexcept { release(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { release(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { release(block); }
