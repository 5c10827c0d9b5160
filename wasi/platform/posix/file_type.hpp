// Translates the file types of POSIX to those of WASI.
#pragma once

#include "wasi/types.hpp"

#include <sys/stat.h>

namespace skerry::wasi::platform {

/// Returns the type in a st_mode. A pipe has no WASI type and becomes `unknown`. Every socket becomes
/// socket_stream.
inline Filetype file_type(mode_t mode) noexcept {
  switch (mode & S_IFMT) {
  case S_IFBLK: return Filetype::block_device;
  case S_IFCHR: return Filetype::character_device;
  case S_IFDIR: return Filetype::directory;
  case S_IFREG: return Filetype::regular_file;
  case S_IFLNK: return Filetype::symbolic_link;
  case S_IFSOCK: return Filetype::socket_stream;
  default: return Filetype::unknown;
  }
}

} // namespace skerry::wasi::platform
