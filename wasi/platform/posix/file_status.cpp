// Reads the attributes of files with fstat and fstatat.
#include "wasi/platform/file_status.hpp"

#include "wasi/platform/posix/file_type.hpp"
#include "wasi/platform/posix/os_errno.hpp"
#include "wasi/platform/posix/timespec.hpp"

#include <fcntl.h>

namespace skerry::wasi::platform {

namespace {

FileStatus translate(const struct stat& found) noexcept {
  return {.device = found.st_dev,
          .inode = found.st_ino,
          .links = found.st_nlink,
          .size = static_cast<uint64_t>(found.st_size),
          .type = file_type(found.st_mode),
          .is_pipe = S_ISFIFO(found.st_mode),
          .atim = to_nanoseconds(found.st_atim),
          .mtim = to_nanoseconds(found.st_mtim),
          .ctim = to_nanoseconds(found.st_ctim)};
}

} // namespace

Expected<FileStatus> status(int fd) noexcept {
  struct stat found{};
  if (::fstat(fd, &found) != 0) return refuse(last_os_errno());
  return translate(found);
}

Expected<FileStatus> status_at(int directory, const std::string& name) noexcept {
  struct stat found{};
  if (::fstatat(directory, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) return refuse(last_os_errno());
  return translate(found);
}

} // namespace skerry::wasi::platform
