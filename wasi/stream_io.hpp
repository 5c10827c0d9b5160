// Reading and writing what others may read and write, too, without ever waiting in the system.
//
// A wait and a read are two steps: in between, somebody else may take the byte. So each step is a system call
// that does not block whatever the blocking flag says, and that flag, which belongs to all who share the open
// description, stays as it is.
#pragma once

#include "wasi/host_fd.hpp"

#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace skerry::wasi {

/// Which system calls do not wait.
enum class StreamKind : uint8_t {
  own,    ///< the open description is ours and O_NONBLOCK: plain ones
  socket, ///< MSG_DONTWAIT
  pipe,   ///< RWF_NOWAIT; for FIFOs and before Linux 6.4 a splice through a pipe of our own
  other,  ///< RWF_NOWAIT where the device knows it; else a plain call, after it was said to be ready
};

/// Of a descriptor that somebody else opened, and that is no regular file or directory.
StreamKind stream_kind(mode_t mode);

/// A terminal opened anew, nonblocking and for the same access as `fd`, whose flags are shared with others.
/// Holds nothing when `fd` is no terminal or cannot be opened (another user's, or there is no /proc).
HostFd open_terminal_anew(int fd);

/// Whether a wait for readiness must come before a call, because the call itself might block.
inline bool must_wait_first(StreamKind kind) noexcept { return kind == StreamKind::other; }

/// As readv. Fails with EAGAIN instead of waiting.
ssize_t read_without_waiting(int fd, StreamKind kind, std::span<const iovec> vectors);
/// As writev; may write a part. Fails with EAGAIN instead of waiting, and with EPIPE without raising SIGPIPE.
ssize_t write_without_waiting(int fd, StreamKind kind, std::span<const iovec> vectors);

/// The fallback for pipes: moves bytes between `fd` and a pipe of our own, which takes them without waiting.
ssize_t read_by_splice(int fd, std::span<const iovec> vectors);
ssize_t write_by_splice(int fd, std::span<const iovec> vectors);

} // namespace skerry::wasi
