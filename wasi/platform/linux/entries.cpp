// Reads directory entries with getdents64. The entries keep the layout of getdents64.
#include "wasi/platform/entries.hpp"

#include "wasi/platform/posix/file_type.hpp"
#include "wasi/platform/posix/os_errno.hpp"

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

namespace skerry::wasi::platform {

namespace {

constexpr size_t read_ahead_bytes = size_t{4} << 10;

template <class T> T field(std::span<const std::byte> entry, size_t offset) noexcept {
  T value;
  std::memcpy(&value, entry.data() + offset, sizeof value);
  return value;
}

} // namespace

bool has_stable_positions() noexcept { return true; }

Errno append_entries(int directory, uint64_t position, std::vector<std::byte>& entries) {
  const auto from = static_cast<off_t>(position);
  // Do not set the descriptor's offset if it already is `from`: on some file systems, setting the offset
  // makes the system read the directory again.
  if (::lseek(directory, 0, SEEK_CUR) != from && ::lseek(directory, from, SEEK_SET) < 0)
    return last_os_errno();
  const size_t before = entries.size();
  entries.resize(before + read_ahead_bytes);
  const long got = ::syscall(SYS_getdents64, directory, entries.data() + before, read_ahead_bytes);
  entries.resize(before + (got > 0 ? static_cast<size_t>(got) : 0));
  return got < 0 ? last_os_errno() : Errno::success;
}

Entry first_entry(std::span<const std::byte> entries) noexcept {
  Entry entry;
  entry.inode = field<uint64_t>(entries, offsetof(dirent64, d_ino));
  entry.position = field<uint64_t>(entries, offsetof(dirent64, d_off));
  entry.length = field<uint16_t>(entries, offsetof(dirent64, d_reclen));
  const auto type = field<uint8_t>(entries, offsetof(dirent64, d_type));
  if (type != DT_UNKNOWN) entry.type = file_type(DTTOIF(type));
  entry.name = reinterpret_cast<const char*>(entries.data() + offsetof(dirent64, d_name));
  return entry;
}

void set_position(std::span<std::byte> entries, uint64_t position) noexcept {
  std::memcpy(entries.data() + offsetof(dirent64, d_off), &position, sizeof position);
}

} // namespace skerry::wasi::platform
