// Reads and writes open files, and changes their attributes.
#include "wasi/platform/file_io.hpp"

#include "wasi/platform/posix/io_vectors.hpp"
#include "wasi/platform/posix/os_errno.hpp"
#include "wasi/platform/posix/timespec.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace skerry::wasi::platform {

namespace {

timespec to_system(const FileTime& time) noexcept {
  switch (time.kind) {
  case FileTime::Kind::keep: return {0, UTIME_OMIT};
  case FileTime::Kind::now: return {0, UTIME_NOW};
  case FileTime::Kind::at: break;
  }
  return to_timespec(time.at);
}

} // namespace

Expected<size_t> read(int fd, Buffers buffers) noexcept {
  const IoVectors vectors(buffers);
  return os_count(::readv(fd, vectors.data(), vectors.count()));
}

Expected<size_t> write(int fd, Buffers buffers) noexcept {
  const IoVectors vectors(buffers);
  return os_count(::writev(fd, vectors.data(), vectors.count()));
}

Expected<size_t> read_at(int fd, Buffers buffers, uint64_t offset) noexcept {
  const IoVectors vectors(buffers);
  return os_count(::preadv(fd, vectors.data(), vectors.count(), static_cast<off_t>(offset)));
}

Expected<size_t> write_at(int fd, Buffers buffers, uint64_t offset) noexcept {
  const IoVectors vectors(buffers);
  return os_count(::pwritev(fd, vectors.data(), vectors.count(), static_cast<off_t>(offset)));
}

Expected<uint64_t> seek(int fd, int64_t offset, Whence whence) noexcept {
  constexpr int system_whence[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  const off_t at = ::lseek(fd, static_cast<off_t>(offset), system_whence[static_cast<size_t>(whence)]);
  if (at < 0) return refuse(last_os_errno());
  return static_cast<uint64_t>(at);
}

Errno set_size(int fd, uint64_t size) noexcept {
  return os_result(::ftruncate(fd, static_cast<off_t>(size)));
}

Errno set_append(int fd, bool append) noexcept {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return last_os_errno();
  return os_result(::fcntl(fd, F_SETFL, append ? flags | O_APPEND : flags & ~O_APPEND));
}

Errno set_times(int fd, const FileTimes& times) noexcept {
  const timespec both[] = {to_system(times[0]), to_system(times[1])};
  return os_result(::futimens(fd, both));
}

Errno set_times_at(int directory, const std::string& name, const FileTimes& times) noexcept {
  const timespec both[] = {to_system(times[0]), to_system(times[1])};
  return os_result(::utimensat(directory, name.c_str(), both, AT_SYMLINK_NOFOLLOW));
}

} // namespace skerry::wasi::platform
