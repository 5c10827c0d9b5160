// Makes the n-th allocation of the program fail, or all from that one on. Replaces operator new and delete in
// the whole test program (failing_allocator.cpp).
#pragma once

#include <cstdint>

namespace skerry::test {

enum class Failing : uint8_t {
  once,         ///< one allocation fails, and later ones succeed again
  from_then_on, ///< all later allocations fail too, so cleaning up must not need memory
};

/// While it lives, the n-th allocation after its construction fails, in any thread; with 0 none fails. One at
/// a time.
class FailingAllocator {
public:
  FailingAllocator(uint64_t nth, Failing how);
  ~FailingAllocator();
  FailingAllocator(const FailingAllocator&) = delete;
  FailingAllocator& operator=(const FailingAllocator&) = delete;
  /// Allocations since its construction, including those that failed.
  uint64_t made() const;
};

/// Blocks that are allocated and not yet freed.
int64_t live_blocks();

} // namespace skerry::test
