// Identifies files with stat.
#include "host/platform/file_identity.hpp"

#include <sys/stat.h>

namespace skerry::platform {

namespace {

int64_t nanoseconds(const timespec& time) { return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

} // namespace

FileIdentity file_identity(const std::filesystem::path& file) {
  struct stat status;
  if (::stat(file.c_str(), &status) != 0) return {};
  return {true,
          static_cast<uint64_t>(status.st_dev),
          uint64_t{status.st_ino},
          int64_t{status.st_size},
          nanoseconds(status.st_mtim),
          nanoseconds(status.st_ctim)};
}

} // namespace skerry::platform
