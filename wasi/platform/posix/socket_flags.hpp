// Flags and calls for sockets that only some systems have, with replacements for the other systems.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace skerry::wasi::platform {

#if defined(MSG_NOSIGNAL)
inline constexpr int no_signal = MSG_NOSIGNAL;
#else
inline constexpr int no_signal = 0; // macOS: sockets get SO_NOSIGPIPE instead
#endif

/// Accepts a connection. Returns a nonblocking socket that programs started by this process do not inherit;
/// -1 with errno on failure.
inline int accept_nonblocking(int listener) noexcept {
#if defined(SOCK_NONBLOCK)
  return ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
#else
  const int fd = ::accept(listener, nullptr, nullptr);
  if (fd < 0) return fd;
  if (::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && ::fcntl(fd, F_SETFL, O_NONBLOCK) == 0) return fd;
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
#endif
}

} // namespace skerry::wasi::platform
