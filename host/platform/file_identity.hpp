// Identifies the file that a path leads to, and its last change. Internal.
#pragma once

#include <cstdint>
#include <filesystem>

namespace skerry::platform {

/// Identifies a file and its last change by what the file system reports, without reading the content.
struct FileIdentity {
  bool exists = false;
  uint64_t device = 0;  ///< the file system
  uint64_t inode = 0;   ///< the file in that file system
  int64_t size = 0;     ///< bytes
  int64_t modified = 0; ///< last change of the content, in nanoseconds since 1970
  int64_t changed = 0;  ///< last change of content, link count or attributes, in nanoseconds since 1970
  bool operator==(const FileIdentity&) const = default;
};

/// Identifies the file that `file` leads to, through symbolic links. If the file cannot be examined, `exists`
/// is false. Thread-safe.
FileIdentity file_identity(const std::filesystem::path& file);

} // namespace skerry::platform
