// The directory entries that decide which file a path leads to. Internal.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace skerry::host {

/// A directory entry on the way to a file.
struct PathStep {
  std::filesystem::path directory; ///< contains no symbolic link
  std::string name;
  bool operator==(const PathStep&) const = default;
};

/// Returns the directory entries that lead to a file, through all symbolic links. As long as none of these
/// entries changes, the path leads to the same file. The list ends at the first entry that does not exist, or
/// after 40 links. A relative path starts at the working directory.
std::vector<PathStep> path_steps(const std::filesystem::path& file);

} // namespace skerry::host
