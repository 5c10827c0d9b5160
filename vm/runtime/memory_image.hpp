// The frozen content of a linear memory, mapped copy-on-write into any number of memories.
#pragma once

#include "vm/runtime/instance.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace skerry::vm {

/// Immutable. All bytes from `content_bytes` on are zero.
class MemoryImage {
public:
  /// Makes an image with a copy of `bytes`. Returns null if the system refuses memory.
  static std::shared_ptr<const MemoryImage> create(std::span<const std::byte> bytes);
  ~MemoryImage();
  MemoryImage(const MemoryImage&) = delete;
  MemoryImage& operator=(const MemoryImage&) = delete;

  uint64_t content_bytes() const noexcept { return content_.size(); }
  uint64_t byte_size() const noexcept { return byte_size_; }

  /// Makes this the content of `memory`, replacing all of it. The memory's reservation must have room.
  /// Returns false if the system refuses.
  bool map_into(MemoryInstance& memory) const;
  /// Undoes all writes to a memory that has this image mapped. Returns false if the system refuses.
  bool revert(MemoryInstance& memory) const;

private:
  MemoryImage() = default;
  bool freeze(std::span<const std::byte> bytes);
  void copy_back(const MemoryInstance& memory, uint64_t from, uint64_t to) const;

  int file_ = -1;    // the content, on systems with anonymous files
  int pagemap_ = -1; // reports which pages were written, on Linux 6.7
  int process_ = 0;  // the process that `pagemap_` reports on, which is not a forked child
  uint64_t byte_size_ = 0;
  std::span<const std::byte> content_; // mapped; whole pages of the system
};

} // namespace skerry::vm
