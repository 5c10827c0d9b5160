// What a path leads to, and which directory entries decide that. Internal.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skerry::host {

/// A directory entry that was looked up on the way to a file.
struct PathStep {
  std::filesystem::path directory; ///< holds no symbolic link
  std::string name;
  bool operator==(const PathStep&) const = default;
};

/// The entries that lead to a file, symbolic links followed: when none of them changes, the path leads to the
/// same file. Ends with the first entry that does not exist, or after 40 links. A relative path starts at the
/// working directory.
std::vector<PathStep> path_steps(const std::filesystem::path& file);

/// Which file a path leads to and when that was last changed, as far as the file system tells without reading
/// it.
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
