// IoVecs: a scatter/gather list of the program, checked and split into pieces for single system calls.
#pragma once

#include "skerry/wasi/config.hpp"
#include "wasi/guest_memory.hpp"

#include <sys/uio.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace skerry::wasi {

size_t bytes_in(std::span<const iovec> vectors) noexcept;

class IoVecs {
public:
  /// Reads `count` (address, length) pairs at `address`. Only the first limits.iovecs pairs and
  /// limits.transfer_bytes bytes are used; the rest makes a short transfer. Errors: fault if the list or a
  /// vector is outside the memory; inval if the lengths add up to more than 32 bits.
  static Expected<IoVecs> read(const GuestMemory& memory, uint32_t address, uint32_t count,
                               const Limits& limits);

  /// Bytes that are not moved yet.
  uint64_t left() const noexcept { return left_; }
  /// The next bytes, at most `max_bytes` in some number of vectors; valid until the next call.
  std::span<iovec> next(size_t max_bytes);
  /// Marks `bytes` bytes as moved, at most as many as `next` returned.
  void advance(size_t bytes);

private:
  std::vector<std::span<std::byte>> vectors_;
  size_t index_ = 0;  // the next vector
  size_t offset_ = 0; // the position in it
  uint64_t left_ = 0;
  std::array<iovec, 64> batch_;
};

} // namespace skerry::wasi
