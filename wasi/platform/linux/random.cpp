// Random bytes from getrandom, or from /dev/urandom if the kernel or a sandbox does not know getrandom.
#include "wasi/platform/random.hpp"

#include "wasi/platform/posix/os_errno.hpp"
#include "wasi/platform/posix/random_device.hpp"

#include <sys/random.h>

#include <cerrno>

namespace skerry::wasi::platform {

Errno fill_random(std::span<std::byte> bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
    if (got > 0)
      bytes = bytes.subspan(static_cast<size_t>(got));
    else if (errno == ENOSYS || errno == EPERM)
      return fill_from_device(bytes);
    else if (errno != EINTR)
      return last_os_errno();
  }
  return Errno::success;
}

} // namespace skerry::wasi::platform
