// The frozen content of a linear memory, mapped copy-on-write into any number of memories.
#pragma once

#include "vm/platform/frozen_bytes.hpp"
#include "vm/platform/written_pages.hpp"
#include "vm/runtime/instance.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace skerry::vm {

/// Immutable. All bytes of the memory after the first content_bytes() are zero.
class MemoryImage {
public:
  /// Makes an image with a copy of `bytes`. Returns null if the system refuses memory.
  static std::shared_ptr<const MemoryImage> create(std::span<const std::byte> bytes);

  uint64_t content_bytes() const noexcept { return content_.bytes().size(); }
  uint64_t byte_size() const noexcept { return byte_size_; }

  /// Replaces the whole content of `memory` by this image. The memory's reservation must be large enough.
  /// Returns false if the system refuses.
  bool map_into(MemoryInstance& memory) const;
  /// Undoes all writes to a memory since this image was mapped into it. Returns false if the system refuses.
  bool revert(MemoryInstance& memory) const;

private:
  MemoryImage(platform::FrozenBytes content, uint64_t byte_size)
      : content_(std::move(content)), byte_size_(byte_size) {}
  void copy_back(const MemoryInstance& memory, uint64_t from, uint64_t to) const;
  uint64_t copy_back_first_pages(const MemoryInstance& memory) const;

  platform::FrozenBytes content_; // whole pages of the system
  platform::WrittenPages written_;
  uint64_t byte_size_;
};

} // namespace skerry::vm
