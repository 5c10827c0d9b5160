// Space and synchronization of files on Linux: fallocate, sync_file_range, fdatasync and posix_fadvise.
#include "wasi/platform/file_io.hpp"

#include "wasi/platform/posix/os_errno.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace skerry::wasi::platform {

Errno allocate(int fd, uint64_t offset, uint64_t length) noexcept {
  const Errno error = os_result(::fallocate(fd, 0, static_cast<off_t>(offset), static_cast<off_t>(length)));
  return error == Errno::nosys ? Errno::notsup : error; // nosys: a sandbox forbids fallocate
}

Errno write_back(int fd, uint64_t offset, uint64_t length) noexcept {
  constexpr unsigned all = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  if (::sync_file_range(fd, static_cast<off_t>(offset), static_cast<off_t>(length), all) == 0)
    return Errno::success;
  const bool is_disk_error = errno == EIO || errno == ENOSPC || errno == EDQUOT;
  return is_disk_error ? last_os_errno() : Errno::notsup;
}

Errno sync(int fd, bool metadata) noexcept { return os_result(metadata ? ::fsync(fd) : ::fdatasync(fd)); }

Errno advise(int fd, uint64_t offset, uint64_t length, Advice advice) noexcept {
  constexpr int system_advice[advices] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                                          POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  return from_os(::posix_fadvise(fd, static_cast<off_t>(offset), static_cast<off_t>(length),
                                 system_advice[static_cast<size_t>(advice)]));
}

} // namespace skerry::wasi::platform
