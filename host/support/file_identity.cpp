#include "host/support/file_identity.hpp"

#include <sys/stat.h>

namespace skerry::host {

namespace {

int64_t nanoseconds(const timespec& time) { return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

} // namespace

FileIdentity file_identity(const std::filesystem::path& file) {
  struct stat status;
  if (stat(file.c_str(), &status) != 0) return {};
  return {true,
          status.st_dev,
          status.st_ino,
          int64_t{status.st_size},
          nanoseconds(status.st_mtim),
          nanoseconds(status.st_ctim)};
}

} // namespace skerry::host
