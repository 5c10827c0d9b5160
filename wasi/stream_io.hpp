// Reads and writes streams that other processes may share, without ever blocking in the system.
//
// Waiting for a stream and reading it are two steps, and another process may take the bytes between them. So
// the read itself must not block either. Setting O_NONBLOCK is not a solution, because that flag belongs to
// all processes that share the open file description. Instead, reads and writes use system calls that do not
// block even if the flag is not set.
#pragma once

#include "wasi/host_fd.hpp"

#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace skerry::wasi {

/// How a stream is read and written without blocking.
enum class StreamKind : uint8_t {
  own,    ///< plain calls: the open description belongs to WASI and has O_NONBLOCK
  socket, ///< MSG_DONTWAIT
  pipe,   ///< RWF_NOWAIT; for FIFOs and before Linux 6.4 a splice through another pipe
  other,  ///< RWF_NOWAIT if the device supports it; else a plain call after a wait until it is ready
};

/// Returns the kind of a stream that this process did not open itself, by its st_mode.
StreamKind stream_kind(mode_t mode);

/// Opens the terminal `fd` again, nonblocking and for the same access, because other processes share the
/// flags of `fd`. Returns an empty HostFd if `fd` is not a terminal, is the master side of a pseudo-terminal,
/// or cannot be opened (for example, because the terminal belongs to another user or /proc is missing).
HostFd open_terminal_anew(int fd);

/// Returns whether a wait for readiness must precede each read or write, because the system call itself might
/// block.
inline bool must_wait_first(StreamKind kind) noexcept { return kind == StreamKind::other; }

/// Like readv, but fails with EAGAIN instead of waiting.
ssize_t read_without_waiting(int fd, StreamKind kind, std::span<const iovec> vectors);
/// Like writev, but may write only a part. Fails with EAGAIN instead of waiting, and with EPIPE without
/// raising SIGPIPE.
ssize_t write_without_waiting(int fd, StreamKind kind, std::span<const iovec> vectors);

/// The fallback for pipes without RWF_NOWAIT: splice moves the bytes through a second, nonblocking pipe.
ssize_t read_by_splice(int fd, std::span<const iovec> vectors);
ssize_t write_by_splice(int fd, std::span<const iovec> vectors);

} // namespace skerry::wasi
