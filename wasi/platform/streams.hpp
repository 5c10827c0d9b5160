// Reads and writes streams that other processes may share, without ever blocking in the system.
//
// Waiting for a stream and reading it are two steps, and another process may take the bytes between the two
// steps. So the read itself must not block either. Setting O_NONBLOCK is not a solution, because that flag
// belongs to all processes that share the open file description. Instead, reads and writes use system calls
// that do not block even if the flag is not set.
#pragma once

#include "vm/platform/owned_fd.hpp"
#include "wasi/platform/buffers.hpp"
#include "wasi/platform/file_status.hpp"

#include <cstddef>
#include <cstdint>

namespace skerry::wasi::platform {

/// How a stream is read and written without blocking.
enum class StreamKind : uint8_t {
  own,    ///< plain calls: the open description belongs to WASI and never blocks
  socket, ///< the calls of sockets
  pipe,   ///< a call that does not wait for pipes, if the system has one
  other,  ///< as for `pipe` if the device supports it; else a plain call once the stream is ready
};

/// Returns the kind of a stream that this process did not open itself.
StreamKind stream_kind(const FileStatus& status) noexcept;

/// Returns whether a wait for readiness must precede each read or write, because the system call itself might
/// block.
inline bool must_wait_first(StreamKind kind) noexcept { return kind == StreamKind::other; }
/// Returns how many bytes can certainly be written to a stream that is ready for writing, without blocking.
size_t ready_bytes() noexcept;

bool is_terminal(int fd) noexcept;
/// Opens the terminal `fd` again, for the same access but nonblocking. Setting O_NONBLOCK on `fd` itself
/// would not do, because other processes share the flags of `fd`. Returns an empty descriptor if `fd` is
/// not a terminal, is the master side of a pseudo-terminal, or cannot be opened (for example, because the
/// terminal belongs to another user).
OwnedFd open_terminal_anew(int fd);

/// Reads the bytes that are available. Errors: Errno::again if it would have to wait; otherwise those of
/// the system.
Expected<size_t> read_without_waiting(int fd, StreamKind kind, Buffers buffers) noexcept;
/// Writes, perhaps only a part. Errors: Errno::again if it would have to wait; Errno::pipe, without raising
/// SIGPIPE, if no process reads the stream; otherwise those of the system.
Expected<size_t> write_without_waiting(int fd, StreamKind kind, Buffers buffers) noexcept;

/// Returns how many bytes can be read from a stream now; 0 if the system does not report it.
uint64_t readable_bytes(int fd) noexcept;

} // namespace skerry::wasi::platform
