// Reads directory entries with readdir. A position is the number of entries before it, because the
// positions of POSIX are valid only as long as the directory stays open. So each call reads the directory
// again from its first entry, and the removal of an entry changes the positions of the entries after it.
#include "wasi/platform/entries.hpp"

#include "wasi/platform/posix/file_type.hpp"
#include "wasi/platform/posix/os_errno.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace skerry::wasi::platform {

namespace {

constexpr size_t read_ahead_bytes = size_t{4} << 10;

/// The part of an entry before its name.
struct Header {
  uint64_t inode, position;
  uint32_t length; // of the header and the name with its NUL
  uint8_t has_type, type;
};

struct Close {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Listing = std::unique_ptr<DIR, Close>;

/// Opens the directory again under a new descriptor. Reading through the descriptor `directory` would move
/// its offset.
Listing open_listing(int directory) noexcept {
  const int fd = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return nullptr;
  Listing listing(::fdopendir(fd));
  const int error = errno;
  if (!listing) ::close(fd);
  errno = error;
  return listing;
}

void append(std::vector<std::byte>& entries, const dirent& found, uint64_t position) {
  const size_t name_bytes = std::strlen(found.d_name) + 1, before = entries.size();
  Header header{found.d_ino, position, static_cast<uint32_t>(sizeof header + name_bytes), 0, 0};
#if defined(DT_UNKNOWN)
  header.has_type = found.d_type != DT_UNKNOWN ? 1 : 0;
  header.type = static_cast<uint8_t>(file_type(DTTOIF(found.d_type)));
#endif
  entries.resize(before + header.length);
  std::memcpy(entries.data() + before, &header, sizeof header);
  std::memcpy(entries.data() + before + sizeof header, found.d_name, name_bytes);
}

} // namespace

bool has_stable_positions() noexcept { return false; }

Errno append_entries(int directory, uint64_t position, std::vector<std::byte>& entries) {
  const Listing listing = open_listing(directory);
  if (!listing) return last_os_errno();
  const size_t most = entries.size() + read_ahead_bytes;
  entries.reserve(most + sizeof(Header) + sizeof(dirent::d_name)); // each open directory keeps this memory
  errno = 0;
  for (uint64_t at = 1; entries.size() < most; ++at) {
    const dirent* found = ::readdir(listing.get());
    if (found == nullptr) return from_os(errno);
    if (at > position) append(entries, *found, at);
  }
  return Errno::success;
}

Entry first_entry(std::span<const std::byte> entries) noexcept {
  Header header;
  std::memcpy(&header, entries.data(), sizeof header);
  Entry entry;
  entry.inode = header.inode;
  entry.position = header.position;
  entry.length = header.length;
  if (header.has_type != 0) entry.type = static_cast<Filetype>(header.type);
  entry.name = reinterpret_cast<const char*>(entries.data() + sizeof header);
  return entry;
}

void set_position(std::span<std::byte> entries, uint64_t position) noexcept {
  std::memcpy(entries.data() + offsetof(Header, position), &position, sizeof position);
}

} // namespace skerry::wasi::platform
