// SharedMemory: memory that a process shares with the child processes that it starts.
#pragma once

#include "skerry/expected.hpp"

#include <cstddef>
#include <system_error>
#include <utility>

namespace skerry::platform {

/// Move-only.
class SharedMemory {
public:
  /// Makes zeroed memory, aligned to a page.
  static Expected<SharedMemory, std::error_code> make(size_t bytes) noexcept;
  SharedMemory() = default;
  SharedMemory(SharedMemory&& other) noexcept
      : start_(std::exchange(other.start_, nullptr)), bytes_(other.bytes_) {}
  SharedMemory& operator=(SharedMemory&& other) noexcept {
    std::swap(start_, other.start_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~SharedMemory();

  /// Returns the first byte of the memory; null if this object has no memory.
  void* start() const noexcept { return start_; }

private:
  void* start_ = nullptr;
  size_t bytes_ = 0;
};

} // namespace skerry::platform
