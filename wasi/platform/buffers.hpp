// Buffers: memory to read into or to write from, in one system call.
#pragma once

#include <cstddef>
#include <span>

namespace skerry::wasi::platform {

using Buffer = std::span<std::byte>;
/// A list of buffers. A system call uses only the first max_buffers buffers of the list.
using Buffers = std::span<const Buffer>;
inline constexpr size_t max_buffers = 64;

/// Returns the number of bytes in all buffers.
inline size_t bytes_in(Buffers buffers) noexcept {
  size_t sum = 0;
  for (const Buffer& one : buffers) sum += one.size();
  return sum;
}

} // namespace skerry::wasi::platform
