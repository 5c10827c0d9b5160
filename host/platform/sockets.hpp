// Sockets that programs started by this process do not inherit, and waiting for sockets. Internal.
#pragma once

#include "skerry/expected.hpp"
#include "vm/platform/owned_fd.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

// All functions are thread-safe.
namespace skerry::platform {

/// Makes a socket. The arguments are those of the system's function `socket`. Returns an empty OwnedFd if the
/// system refuses.
OwnedFd make_socket(int family, int type, int protocol) noexcept;
/// Like make_socket, but the socket is nonblocking: calls on the socket never wait.
OwnedFd make_nonblocking_socket(int family, int type, int protocol) noexcept;

/// A socket that a thread waits for.
struct WatchedSocket {
  int socket = -1;
  bool read = false, write = false; ///< the operations to wait for
};
/// Waits until one of `sockets`, which may be empty, is ready, at most for `time`. Then clears `read` and
/// `write` where that operation would wait. An error of a socket makes both ready, because the next operation
/// reports it. A signal may end the wait early; nothing is then ready.
void wait_for_sockets(std::span<WatchedSocket> sockets, std::chrono::nanoseconds time) noexcept;

/// A TCP socket that listens, and its port.
struct Listener {
  OwnedFd socket; ///< calls on it never wait
  uint16_t port = 0;
};
/// Listens on the first address of `host`, a name or an address. `port` is a decimal number; for "0" the
/// system chooses a free port. The error is the system's text.
[[nodiscard]] Expected<Listener, std::string> listen_on(const std::string& host, const std::string& port);

/// Listens on a Unix socket at `path`, which only this user may connect to. A socket that no process listens
/// on any more is replaced. The error is the system's text.
[[nodiscard]] Expected<OwnedFd, std::string> listen_on_path(const std::string& path);

/// Makes a TCP socket send small writes without waiting for more. Does nothing for other sockets.
void send_at_once(int socket) noexcept;

/// Raises the number of descriptors that this process may have as far as the system allows. Returns the
/// number.
uint64_t raise_descriptor_limit() noexcept;

} // namespace skerry::platform
