// From the operating system's error numbers and file modes to WASI's.
#pragma once

#include "wasi/types.hpp"

#include <sys/stat.h>

namespace skerry::wasi {

/// The WASI error for a value of errno. EXDEV is `xdev`; what means "leaves the directory" is the resolver's
/// affair.
Errno from_os(int os_errno) noexcept;
/// from_os(errno)
Errno last_os_errno() noexcept;
/// From st_mode. Pipes have no WASI type: unknown. Sockets count as streams.
Filetype filetype_of(mode_t mode) noexcept;

} // namespace skerry::wasi
