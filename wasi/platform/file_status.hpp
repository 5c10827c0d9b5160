// FileStatus: the attributes of a file, such as its type, size and times.
#pragma once

#include "wasi/types.hpp"

#include <cstdint>
#include <string>

namespace skerry::wasi::platform {

/// Two files are the same if both their devices and their inodes are equal.
struct FileStatus {
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t links = 0;
  uint64_t size = 0;                     ///< bytes; for a symbolic link, the length of its target
  Filetype type = Filetype::unknown;     ///< every socket is a socket_stream; a pipe has no WASI type
  bool is_pipe = false;                  ///< a pipe or FIFO
  uint64_t atim = 0, mtim = 0, ctim = 0; ///< nanoseconds since 1970; 0 for earlier times

  bool is_directory() const noexcept { return type == Filetype::directory; }
  bool is_regular() const noexcept { return type == Filetype::regular_file; }
};

/// Returns the status of an open file. Errors: those of the system.
Expected<FileStatus> status(int fd) noexcept;
/// Returns the status of the file `name` in `directory`. If the file is a symbolic link, returns the status
/// of the link itself. Errors: noent if the file does not exist; otherwise those of the system.
Expected<FileStatus> status_at(int directory, const std::string& name) noexcept;

} // namespace skerry::wasi::platform
