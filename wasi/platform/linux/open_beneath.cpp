// Opens paths below a directory with openat2, which Linux has since version 5.6.
#include "wasi/platform/open.hpp"

#include "wasi/platform/posix/open_flags.hpp"
#include "wasi/platform/posix/os_errno.hpp"

#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace skerry::wasi::platform {

namespace {

// openat2 fails if another process renames a directory while openat2 resolves a "..". open_beneath gives up
// after this many tries.
constexpr int max_tries = 32;

int openat2(int base, const char* path, int flags) noexcept {
  struct open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.mode = (flags & O_CREAT) != 0 ? new_file_mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  return static_cast<int>(::syscall(SYS_openat2, base, path, &how, sizeof how));
}

} // namespace

bool can_open_beneath() noexcept {
  const OwnedFd here(openat2(AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  // Sandboxes around this process answer EPERM for system calls that they do not know.
  return here.is_open() || (errno != ENOSYS && errno != EPERM && errno != EINVAL && errno != E2BIG);
}

std::optional<Expected<OwnedFd>> open_beneath(int base, const std::string& path, const OpenHow& how,
                                              bool follow) noexcept {
  const int flags = open_flags(how) | (follow ? 0 : O_NOFOLLOW);
  for (int i = 0; i < max_tries; ++i) {
    const int fd = openat2(base, path.c_str(), flags);
    if (fd >= 0) return OwnedFd(fd);
    if (errno == ELOOP) return std::nullopt;
    if (errno == EXDEV) return refuse(Errno::perm);
    if (errno != EAGAIN && errno != EINTR) return refuse(last_os_errno());
  }
  return std::nullopt;
}

} // namespace skerry::wasi::platform
