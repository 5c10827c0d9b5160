// WrittenPages: finds the private pages that were written since they were mapped.
#pragma once

#include "vm/platform/owned_fd.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace skerry::platform {

/// The answer of WrittenPages::find.
struct WrittenRegions {
  struct Region {
    uint64_t start = 0, end = 0; // addresses
  };
  std::array<Region, 64> regions;
  size_t count = 0;
  uint64_t scanned_to = 0; ///< pages from this address on were not looked at
};

/// A WrittenPages works only in the process that made it; in a forked child `find` returns false.
class WrittenPages {
public:
  WrittenPages() noexcept;

  /// Finds the first pages of `range` that are private copies instead of the pages that were mapped. Returns
  /// false if the system cannot tell.
  bool find(std::span<const std::byte> range, WrittenRegions& found) const noexcept;

private:
  OwnedFd pagemap_;                  // empty if the system cannot tell
  [[maybe_unused]] int process_ = 0; // the process that made it, if the system can tell
};

} // namespace skerry::platform
