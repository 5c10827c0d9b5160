// Sockets. No call waits, whether or not the socket is in blocking mode.
#pragma once

#include "vm/platform/owned_fd.hpp"
#include "wasi/platform/buffers.hpp"
#include "wasi/types.hpp"

#include <cstddef>
#include <cstdint>

namespace skerry::wasi::platform {

bool is_datagram_socket(int fd) noexcept;
/// Returns whether the socket listens for connections.
bool is_listener(int fd) noexcept;
/// Sets the nonblocking mode of a listener. Without this mode, accept_connection could wait even after the
/// listener was ready, because another process may accept the connection first.
Errno make_nonblocking(int listener) noexcept;
/// Accepts a connection, and returns its socket, which is nonblocking. Errors: Errno::again if no
/// connection waits.
Expected<OwnedFd> accept_connection(int listener) noexcept;

struct Received {
  size_t bytes = 0;
  bool is_truncated = false; ///< the datagram was longer than the buffers
};
/// Receives bytes into `buffers`. If `peek` is set, the bytes also stay in the socket. Errors:
/// Errno::again if it would have to wait; otherwise those of the system.
Expected<Received> receive(int fd, Buffers buffers, bool peek) noexcept;
/// Sends bytes, perhaps only a part of them. Raises no SIGPIPE. Errors: Errno::again if it would
/// have to wait; Errno::pipe if the peer has closed; otherwise those of the system.
Expected<size_t> send(int fd, Buffers buffers) noexcept;
Errno shut_down(int fd, bool receiving, bool sending) noexcept;

} // namespace skerry::wasi::platform
