// Makes the n-th allocation of the program fail, or all from it on. Replaces operator new and delete for all
// of the test program (failing_allocator.cpp).
#pragma once

#include <cstdint>

namespace skerry::test {

enum class Failing : uint8_t {
  once,         ///< one allocation fails, and what is tried next works again
  from_then_on, ///< nothing can be allocated any more: what is cleaned up then must not need memory
};

/// While it lives, the n-th allocation counted from its beginning fails, in whatever thread it is made; with
/// 0 none does. One at a time.
class FailingAllocator {
public:
  FailingAllocator(uint64_t nth, Failing how);
  ~FailingAllocator();
  FailingAllocator(const FailingAllocator&) = delete;
  FailingAllocator& operator=(const FailingAllocator&) = delete;
  /// Allocations since its beginning, those that failed included.
  uint64_t made() const;
};

/// Blocks that are allocated and not yet given back.
int64_t live_blocks();

} // namespace skerry::test
