// Reads and writes pipes without waiting where RWF_NOWAIT does not work: for all pipes before Linux 6.4, and
// for FIFOs in later versions, too. splice moves the bytes through a second, nonblocking pipe.
#pragma once

#include "wasi/platform/buffers.hpp"

#include <sys/types.h>

namespace skerry::wasi::platform {

/// Like readv, but fails with EAGAIN instead of waiting.
ssize_t read_by_splice(int fd, Buffers buffers) noexcept;
/// Like writev, but may write only a part. Fails with EAGAIN instead of waiting, and with EPIPE without
/// raising SIGPIPE.
ssize_t write_by_splice(int fd, Buffers buffers) noexcept;

} // namespace skerry::wasi::platform
