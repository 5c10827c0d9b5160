// Finds the program as a shell does: by the path that it was called with, or else in the folders of PATH.
#include "host/platform/programs.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace skerry::platform {

namespace {

std::filesystem::path find_in_path(const std::filesystem::path& name) {
  const char* value = std::getenv("PATH");
  std::string_view folders = value == nullptr ? "" : value;
  while (!folders.empty()) {
    const size_t end = std::min(folders.find(':'), folders.size());
    auto found = std::filesystem::path(folders.substr(0, end)) / name;
    if (::access(found.c_str(), X_OK) == 0) return found;
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return name;
}

} // namespace

Expected<std::filesystem::path, std::error_code> program_path(const char* invoked_as) {
  std::filesystem::path path = invoked_as;
  if (!path.has_parent_path()) path = find_in_path(path);
  std::error_code error;
  path = std::filesystem::canonical(path, error);
  if (error) return Unexpected(error);
  return path;
}

} // namespace skerry::platform
