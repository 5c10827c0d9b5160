// Reading and writing shared streams without ever blocking in the system.
//
// A wait and a read are two steps; between them another process may take the byte. So each step is a system
// call that does not block, whatever the blocking flag says. The flag belongs to all processes that share the
// open description, so it is not changed.
#pragma once

#include "wasi/host_fd.hpp"

#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace skerry::wasi {

/// Which system calls do not block.
enum class StreamKind : uint8_t {
  own,    ///< plain calls: the open description belongs to WASI and has O_NONBLOCK
  socket, ///< MSG_DONTWAIT
  pipe,   ///< RWF_NOWAIT; for FIFOs and before Linux 6.4 a splice through another pipe
  other,  ///< RWF_NOWAIT if the device supports it; else a plain call after the system reported it ready
};

/// The mode for a descriptor that another process opened, and that is not a regular file or directory.
StreamKind stream_kind(mode_t mode);

/// A terminal opened again, nonblocking and for the same access as `fd`, whose flags are shared with others.
/// Empty if `fd` is not a terminal or cannot be opened (another user's terminal, or no /proc).
HostFd open_terminal_anew(int fd);

/// True if a wait for readiness must precede a call, because the call itself might block.
inline bool must_wait_first(StreamKind kind) noexcept { return kind == StreamKind::other; }

/// Like readv, but fails with EAGAIN instead of waiting.
ssize_t read_without_waiting(int fd, StreamKind kind, std::span<const iovec> vectors);
/// Like writev, but may write a part, fails with EAGAIN instead of waiting, and with EPIPE without raising
/// SIGPIPE.
ssize_t write_without_waiting(int fd, StreamKind kind, std::span<const iovec> vectors);

/// The fallback for pipes: moves bytes between `fd` and another pipe, which takes them without blocking.
ssize_t read_by_splice(int fd, std::span<const iovec> vectors);
ssize_t write_by_splice(int fd, std::span<const iovec> vectors);

} // namespace skerry::wasi
