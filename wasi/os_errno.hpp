// Translates the operating system's error numbers and file modes to those of WASI.
#pragma once

#include "wasi/types.hpp"

#include <sys/stat.h>

namespace skerry::wasi {

/// The WASI error for a value of errno. EXDEV becomes `xdev`; the resolver handles the errors that mean
/// "leaves the directory".
Errno from_os(int os_errno) noexcept;
/// from_os(errno)
Errno last_os_errno() noexcept;
/// The WASI error for the result of a system call, 0 or -1 with errno.
inline Errno os_result(int system_result) noexcept {
  return system_result == 0 ? Errno::success : last_os_errno();
}
/// From st_mode. Pipes have no WASI type: unknown. Sockets count as streams.
Filetype filetype_of(mode_t mode) noexcept;

} // namespace skerry::wasi
