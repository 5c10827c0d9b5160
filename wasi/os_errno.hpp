// Translates the operating system's error numbers and file modes to those of WASI.
#pragma once

#include "wasi/types.hpp"

#include <sys/stat.h>

namespace skerry::wasi {

/// Returns the WASI error for a value of errno. EXDEV becomes `xdev`. openat2 also fails with EXDEV if a path
/// leaves its directory; the path resolver recognizes this case itself and returns `perm`.
Errno from_os(int os_errno) noexcept;
/// Returns from_os(errno).
Errno last_os_errno() noexcept;
/// Returns the WASI error for the result of a system call that returns 0, or -1 with errno.
inline Errno os_result(int system_result) noexcept {
  return system_result == 0 ? Errno::success : last_os_errno();
}
/// Returns the file type in a st_mode. A pipe has no WASI type and becomes `unknown`. Every socket becomes
/// socket_stream.
Filetype filetype_of(mode_t mode) noexcept;

} // namespace skerry::wasi
