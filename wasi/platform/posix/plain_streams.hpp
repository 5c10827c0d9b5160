// Reads and writes of streams with the calls that every system has.
#pragma once

#include "wasi/platform/streams.hpp"

namespace skerry::wasi::platform {

/// Read or write without waiting if `kind` is `socket` or `own`. For other kinds, the caller must first
/// wait until the stream is ready.
Expected<size_t> read_plainly(int fd, StreamKind kind, Buffers buffers) noexcept;
Expected<size_t> write_plainly(int fd, StreamKind kind, Buffers buffers) noexcept;

} // namespace skerry::wasi::platform
