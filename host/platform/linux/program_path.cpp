// Finds the running program with /proc/self/exe.
#include "host/platform/programs.hpp"

namespace skerry::platform {

Expected<std::filesystem::path, std::error_code> program_path(const char*) {
  std::error_code error;
  auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return Unexpected(error);
  return path;
}

} // namespace skerry::platform
