// Reads random bytes from /dev/urandom.
#include "wasi/platform/posix/random_device.hpp"

#include "vm/platform/owned_fd.hpp"
#include "wasi/platform/posix/os_errno.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace skerry::wasi::platform {

Errno fill_from_device(std::span<std::byte> bytes) noexcept {
  const OwnedFd source(::open("/dev/urandom", O_RDONLY | O_CLOEXEC));
  if (!source.is_open()) return last_os_errno();
  while (!bytes.empty()) {
    const ssize_t got = ::read(source.get(), bytes.data(), bytes.size());
    if (got > 0)
      bytes = bytes.subspan(static_cast<size_t>(got));
    else if (got == 0 || errno != EINTR)
      return got == 0 ? Errno::io : last_os_errno();
  }
  return Errno::success;
}

} // namespace skerry::wasi::platform
