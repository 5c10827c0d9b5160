// Space and synchronization of files on systems with only POSIX, which cannot reserve space or write back a
// part of a file.
#include "wasi/platform/file_io.hpp"

#include "wasi/platform/posix/os_errno.hpp"

#include <unistd.h>

namespace skerry::wasi::platform {

// Does not use posix_fallocate, because it may write every block of the file and cannot be stopped.
Errno allocate(int, uint64_t, uint64_t) noexcept { return Errno::notsup; }

Errno write_back(int, uint64_t, uint64_t) noexcept { return Errno::notsup; }

Errno sync(int fd, bool) noexcept { return os_result(::fsync(fd)); }

Errno advise(int, uint64_t, uint64_t, Advice) noexcept { return Errno::success; }

} // namespace skerry::wasi::platform
