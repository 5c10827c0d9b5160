// Opens files with openat, and directories of the host with open.
#include "wasi/platform/open.hpp"

#include "wasi/platform/posix/open_flags.hpp"
#include "wasi/platform/posix/os_errno.hpp"

namespace skerry::wasi::platform {

namespace {

Expected<OwnedFd> opened(int fd) noexcept {
  if (fd < 0) return refuse(last_os_errno());
  return OwnedFd(fd);
}

} // namespace

Expected<OwnedFd> open_at(int directory, const std::string& name, const OpenHow& how) noexcept {
  return opened(::openat(directory, name.c_str(), open_flags(how) | O_NOFOLLOW, new_file_mode));
}

Expected<OwnedFd> open_directory(const std::string& path) noexcept {
  return opened(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

} // namespace skerry::wasi::platform
