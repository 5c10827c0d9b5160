// The directory entries that decide which file a path leads to. Internal.
#pragma once

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

} // namespace skerry::host
