// The contents of a linear memory, frozen: mapped copy-on-write into any number of memories.
#pragma once

#include "vm/runtime/instance.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace skerry::vm {

/// Immutable. Everything behind `content_bytes` is zero.
class MemoryImage {
public:
  /// A copy of `bytes`. Null when the system refuses memory.
  static std::shared_ptr<const MemoryImage> create(std::span<const std::byte> bytes);
  ~MemoryImage();
  MemoryImage(const MemoryImage&) = delete;
  MemoryImage& operator=(const MemoryImage&) = delete;

  uint64_t content_bytes() const noexcept { return content_.size(); }
  uint64_t byte_size() const noexcept { return byte_size_; }

  /// Makes this the content of `memory`, whatever was there; its reservation must have room. False when the
  /// system refuses.
  bool map_into(MemoryInstance& memory) const;
  /// Takes back what was written to a memory that has this image mapped. False when the system refuses.
  bool revert(MemoryInstance& memory) const;

private:
  MemoryImage() = default;
  bool freeze(std::span<const std::byte> bytes);
  void copy_back(const MemoryInstance& memory, uint64_t from, uint64_t to) const;

  int file_ = -1;    // the content, on systems that have files without names
  int pagemap_ = -1; // tells which pages were written, on Linux 6.7
  int process_ = 0;  // whose pages `pagemap_` tells of: not those of a forked child
  uint64_t byte_size_ = 0;
  std::span<const std::byte> content_; // mapped; whole pages of the system
};

} // namespace skerry::vm
