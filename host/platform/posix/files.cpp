// Opens and reads files with open, fstat and read.
#include "host/platform/files.hpp"

#include "host/platform/standard_streams.hpp"

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

FileKind kind_of(mode_t mode) noexcept {
  if (S_ISREG(mode)) return FileKind::regular;
  if (S_ISDIR(mode)) return FileKind::directory;
  if (S_ISFIFO(mode)) return FileKind::fifo;
  return S_ISSOCK(mode) ? FileKind::socket : FileKind::device;
}

FileStatus translated(const struct stat& status) noexcept {
  const FileKind kind = kind_of(status.st_mode);
  const int64_t modified = int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  return {kind, kind == FileKind::regular ? static_cast<uint64_t>(status.st_size) : 0, modified};
}

} // namespace

Expected<FileStatus, std::error_code> file_status(const std::filesystem::path& file) noexcept {
  struct stat status;
  if (::stat(file.c_str(), &status) != 0) return last_error();
  return translated(status);
}

Expected<FileStatus, std::error_code> file_status(const OwnedFd& file) noexcept {
  struct stat status;
  if (::fstat(file.get(), &status) != 0) return last_error();
  return translated(status);
}

Expected<OwnedFd, std::error_code> open_for_reading(const std::filesystem::path& file) {
  return open_file(file, O_RDONLY);
}

Expected<OwnedFd, std::error_code> open_without_waiting(const std::filesystem::path& file) {
  return open_file(file, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

Expected<OwnedFd, std::error_code> open_standard_input() noexcept {
  OwnedFd opened(::fcntl(standard_input, F_DUPFD_CLOEXEC, 3)); // 0 to 2 stay free for the streams
  if (!opened.is_open()) return last_error();
  return opened;
}

Expected<OwnedFd, std::error_code> open_for_writing(const std::filesystem::path& file) {
  return open_file(file, O_WRONLY | O_CREAT | O_TRUNC);
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
