// FrozenBytes: bytes that no longer change and that can be mapped copy-on-write.
#pragma once

#include "vm/platform/owned_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace skerry::platform {

/// Owns a read-only copy of some bytes. Move-only.
class FrozenBytes {
public:
  /// Copies `bytes`. Their number must be a multiple of the page size. Pages that are zero take no memory.
  /// Returns nothing if the system refuses.
  static std::optional<FrozenBytes> copy_of(std::span<const std::byte> bytes) noexcept;
  FrozenBytes() = default;
  FrozenBytes(FrozenBytes&& other) noexcept;
  FrozenBytes& operator=(FrozenBytes&& other) noexcept;
  ~FrozenBytes();

  std::span<const std::byte> bytes() const noexcept { return bytes_; }
  /// Returns whether map_at works. If it does not, the system has no anonymous files or refused one, and the
  /// bytes have to be copied.
  bool can_be_mapped() const noexcept { return file_.is_open(); }
  /// Replaces the mapped pages at `start` by private pages that have these bytes. Returns false if the system
  /// refuses.
  bool map_at(std::byte* start) const noexcept;

private:
  std::span<const std::byte> bytes_; // mapped read-only
  OwnedFd file_;                     // an anonymous file with the bytes
};

/// Takes back all writes to private pages: pages of FrozenBytes have their bytes again, others are zero.
/// Returns false if the system cannot do that.
bool discard_writes(std::byte* start, uint64_t bytes) noexcept;

} // namespace skerry::platform
