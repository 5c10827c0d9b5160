// The frozen content of a linear memory, mapped copy-on-write into any number of memories.
#pragma once

#include "vm/runtime/instance.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace skerry::vm {

/// Immutable. All bytes of the memory after the first content_bytes() are zero.
class MemoryImage {
public:
  /// Makes an image with a copy of `bytes`. Returns null if the system refuses memory.
  static std::shared_ptr<const MemoryImage> create(std::span<const std::byte> bytes);
  ~MemoryImage();
  MemoryImage(const MemoryImage&) = delete;
  MemoryImage& operator=(const MemoryImage&) = delete;

  uint64_t content_bytes() const noexcept { return content_.size(); }
  uint64_t byte_size() const noexcept { return byte_size_; }

  /// Replaces the whole content of `memory` by this image. The memory's reservation must be large enough.
  /// Returns false if the system refuses.
  bool map_into(MemoryInstance& memory) const;
  /// Undoes all writes to a memory since this image was mapped into it. Returns false if the system refuses.
  bool revert(MemoryInstance& memory) const;

private:
  MemoryImage() = default;
  bool freeze(std::span<const std::byte> bytes);
  void copy_back(const MemoryInstance& memory, uint64_t from, uint64_t to) const;

  int file_ = -1;    // the file with the content, on systems with anonymous files; else -1
  int pagemap_ = -1; // the file that reports which pages were written, on Linux 6.7 and later; else -1
  int process_ = 0;  // the process that `pagemap_` reports on, so that a forked child does not use pagemap_
  uint64_t byte_size_ = 0;
  std::span<const std::byte> content_; // mapped read-only; whole pages of the system
};

} // namespace skerry::vm
