// IoVecs: a program's list of buffers for one read or write (scatter/gather). Checks the list, and splits it
// into batches for single system calls.
#pragma once

#include "skerry/wasi/config.hpp"
#include "wasi/guest_memory.hpp"
#include "wasi/platform/buffers.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace skerry::wasi {

using platform::Buffer;
using platform::Buffers;
using platform::bytes_in;

class IoVecs {
public:
  /// Reads `count` (address, length) pairs at `address`. Uses only the first limits.iovecs pairs and the
  /// first limits.transfer_bytes bytes; if the list has more pairs or bytes, the transfer is short. Errors:
  /// fault if the list or a used vector is outside the memory; inval if the used lengths add up to 2^32 or
  /// more.
  static Expected<IoVecs> read(const GuestMemory& memory, uint32_t address, uint32_t count,
                               const Limits& limits);

  /// How many bytes are not moved yet.
  uint64_t left() const noexcept { return left_; }
  /// Returns vectors for the next bytes: at most `max_bytes` bytes in at most max_buffers vectors. The
  /// vectors are valid until the next call of this function.
  std::span<Buffer> next(size_t max_bytes);
  /// Marks the next `bytes` bytes as moved. `bytes` must not exceed the length of the vectors that the last
  /// `next` returned.
  void advance(size_t bytes);

private:
  std::vector<Buffer> vectors_;
  size_t index_ = 0;  // the next vector
  size_t offset_ = 0; // the position in the next vector
  uint64_t left_ = 0;
  std::array<Buffer, platform::max_buffers> batch_;
};

} // namespace skerry::wasi
