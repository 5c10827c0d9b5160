// Translates the error numbers of POSIX to those of WASI.
#pragma once

#include "wasi/types.hpp"

#include <cstddef>

#include <sys/types.h>

namespace skerry::wasi::platform {

/// Returns the WASI error for a value of errno. EXDEV becomes `xdev`. openat2 also fails with EXDEV if a path
/// leaves its directory; open_beneath recognizes this case itself and returns `perm`.
Errno from_os(int os_errno) noexcept;
/// Returns from_os(errno).
Errno last_os_errno() noexcept;
/// Returns the error of a system call that returns 0, or -1 with errno.
inline Errno os_result(int system_result) noexcept {
  return system_result == 0 ? Errno::success : last_os_errno();
}
/// Returns the result of a system call that returns a number of bytes, or -1 with errno.
inline Expected<size_t> os_count(ssize_t system_result) noexcept {
  if (system_result < 0) return refuse(last_os_errno());
  return static_cast<size_t>(system_result);
}

} // namespace skerry::wasi::platform
