// Reads and writes of streams with the calls that every system has.
#pragma once

#include "wasi/platform/streams.hpp"

namespace skerry::wasi::platform {

/// Does not wait if the stream is a socket or StreamKind::own. Others must be ready.
Expected<size_t> read_plainly(int fd, StreamKind kind, Buffers buffers) noexcept;
Expected<size_t> write_plainly(int fd, StreamKind kind, Buffers buffers) noexcept;

} // namespace skerry::wasi::platform
