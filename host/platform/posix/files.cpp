// Opens and reads files with open, fstat and read.
#include "host/platform/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace skerry::platform {

namespace {

Unexpected<std::error_code> last_error() noexcept {
  return Unexpected(std::error_code(errno, std::generic_category()));
}

Expected<OwnedFd, std::error_code> open_file(const std::filesystem::path& file, int flags) {
  constexpr int new_file_mode = 0666;
  OwnedFd opened(::open(file.c_str(), flags | O_CLOEXEC, new_file_mode));
  if (!opened.is_open()) return last_error();
  return opened;
}

} // namespace

Expected<OwnedFd, std::error_code> open_for_reading(const std::filesystem::path& file) {
  return open_file(file, O_RDONLY);
}

Expected<OwnedFd, std::error_code> open_for_writing(const std::filesystem::path& file) {
  return open_file(file, O_WRONLY | O_CREAT | O_TRUNC);
}

Expected<uint64_t, std::error_code> regular_size(const OwnedFd& file) noexcept {
  struct stat status;
  if (::fstat(file.get(), &status) != 0) return last_error();
  return S_ISREG(status.st_mode) ? static_cast<uint64_t>(status.st_size) : uint64_t{0};
}

Expected<size_t, std::error_code> read_some(const OwnedFd& file, std::span<std::byte> to) noexcept {
  ssize_t count;
  do {
    count = ::read(file.get(), to.data(), to.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0) return last_error();
  return static_cast<size_t>(count);
}

} // namespace skerry::platform
