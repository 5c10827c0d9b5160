// The flags of open for an OpenHow.
#pragma once

#include "wasi/platform/open.hpp"

#include <fcntl.h>

namespace skerry::wasi::platform {

/// The mode of new files.
inline constexpr mode_t new_file_mode = 0666;

#if defined(O_PATH) // Linux: needs no permission to read the directory
inline constexpr int search_only = O_PATH;
#elif defined(O_SEARCH)
inline constexpr int search_only = O_SEARCH;
#else
inline constexpr int search_only = O_RDONLY;
#endif

inline int access_flags(const OpenHow& how) noexcept {
  if (!how.read && !how.write) return search_only;
  if (how.read && how.write) return O_RDWR | O_NONBLOCK | O_NOCTTY;
  return (how.write ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_NOCTTY;
}

/// Returns the flags for `how`, without O_NOFOLLOW. A caller that must not follow a link adds O_NOFOLLOW.
inline int open_flags(const OpenHow& how) noexcept {
  int flags = access_flags(how) | O_CLOEXEC;
  if (how.directory) flags |= O_DIRECTORY;
  if (how.create) flags |= O_CREAT;
  if (how.exclusive) flags |= O_EXCL;
  if (how.truncate) flags |= O_TRUNC;
  if (how.append) flags |= O_APPEND;
  if (how.data_sync) flags |= O_DSYNC;
  if (how.sync) flags |= O_SYNC;
  return flags;
}

} // namespace skerry::wasi::platform
