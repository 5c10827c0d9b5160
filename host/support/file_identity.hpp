// Which file a path leads to, and when it was last changed. Internal.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>

namespace skerry::host {

/// A file and its last change, as far as the file system reports them without reading the file.
struct FileIdentity {
  bool exists = false;
  dev_t device = 0;
  ino_t inode = 0;
  int64_t size = 0;     ///< bytes
  int64_t modified = 0; ///< of the content, nanoseconds since 1970
  int64_t changed = 0;  ///< of content, name count or attributes, nanoseconds since 1970
  bool operator==(const FileIdentity&) const = default;
};

/// Follows symbolic links.
FileIdentity file_identity(const std::filesystem::path& file);

} // namespace skerry::host
