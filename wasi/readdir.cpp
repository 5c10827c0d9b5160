// fd_readdir. Cookies: 0 is before ".", 1 before "..", and c + 2 is the file system's own position c, so they
// stay good for as long as the file system's are. "." and ".." are made here; ".." has no inode number, since
// that of a preopened directory's parent is nobody's business.
#include "wasi/functions.hpp"
#include "wasi/os_errno.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace skerry::wasi::abi {

namespace {

constexpr std::size_t header_bytes = 24;
constexpr std::size_t read_ahead_bytes = std::size_t{32} << 10;
constexpr uint64_t own_entries = 2;

struct Entry {
  uint64_t next = 0;
  uint64_t inode = 0;
  Filetype type = Filetype::unknown;
  std::string_view name;
};

// The program's buffer; the last entry may be cut short by its end.
class Listing {
public:
  explicit Listing(std::span<std::byte> buffer) : buffer_(buffer) {}
  // False when the entry did not fit whole.
  bool add(const Entry& entry) {
    std::array<std::byte, header_bytes> header{};
    put(std::span<std::byte>(header), 0, entry.next);
    put(std::span<std::byte>(header), 8, entry.inode);
    put(std::span<std::byte>(header), 16, static_cast<uint32_t>(entry.name.size()));
    put(std::span<std::byte>(header), 20, static_cast<uint8_t>(entry.type));
    return append(header) && append(std::as_bytes(std::span(entry.name)));
  }
  bool is_full() const { return used_ == buffer_.size(); }
  uint32_t used() const { return static_cast<uint32_t>(used_); }

private:
  bool append(std::span<const std::byte> bytes) {
    const std::size_t fits = std::min(bytes.size(), buffer_.size() - used_);
    std::memcpy(buffer_.data() + used_, bytes.data(), fits);
    used_ += fits;
    return fits == bytes.size();
  }
  std::span<std::byte> buffer_;
  std::size_t used_ = 0;
};

Filetype filetype_of_entry(int directory, unsigned char type, const char* name) {
  if (type != DT_UNKNOWN) return filetype_of(DTTOIF(type));
  struct stat status{};
  const int found = ::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW);
  return found == 0 ? filetype_of(status.st_mode) : Filetype::unknown;
}

uint64_t own_inode(int directory) {
  struct stat status{};
  return ::fstat(directory, &status) == 0 ? status.st_ino : 0;
}

// Fills the read-ahead from where the system is; it stays empty at the end of the directory.
Errno read_ahead(int directory, DirectoryCursor& cursor) {
  cursor.entries.resize(read_ahead_bytes);
  cursor.at = 0;
  const long got = ::syscall(SYS_getdents64, directory, cursor.entries.data(), cursor.entries.size());
  cursor.entries.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return got < 0 ? last_os_errno() : Errno::success;
}

Errno go_to(int directory, DirectoryCursor& cursor, uint64_t cookie) {
  if (cookie == cursor.cookie && cursor.at < cursor.entries.size()) return Errno::success;
  cursor.entries.clear();
  cursor.at = 0;
  cursor.cookie = cookie;
  const auto position = static_cast<off_t>(cookie - own_entries);
  return ::lseek(directory, position, SEEK_SET) < 0 ? last_os_errno() : Errno::success;
}

// The entry at the cursor, and its length there.
std::pair<Entry, std::size_t> entry_at(int directory, const DirectoryCursor& cursor) {
  const std::byte* at = cursor.entries.data() + cursor.at;
  uint64_t inode = 0, position = 0;
  uint16_t length = 0;
  unsigned char type = 0;
  std::memcpy(&inode, at + offsetof(dirent64, d_ino), sizeof inode);
  std::memcpy(&position, at + offsetof(dirent64, d_off), sizeof position);
  std::memcpy(&length, at + offsetof(dirent64, d_reclen), sizeof length);
  std::memcpy(&type, at + offsetof(dirent64, d_type), sizeof type);
  const char* name = reinterpret_cast<const char*>(at + offsetof(dirent64, d_name));
  const bool is_own = std::string_view(name) == "." || std::string_view(name) == "..";
  const Filetype filetype = is_own ? Filetype::directory : filetype_of_entry(directory, type, name);
  return {Entry{position + own_entries, inode, filetype, is_own ? "" : name}, length};
}

Errno add_system_entries(Call& call, int directory, DirectoryCursor& cursor, Listing& listing) {
  while (!listing.is_full()) {
    if (cursor.at == cursor.entries.size()) {
      if (call.must_stop()) return Errno::intr;
      const Errno error = read_ahead(directory, cursor);
      if (error != Errno::success || cursor.entries.empty()) return error;
    }
    const auto [entry, length] = entry_at(directory, cursor);
    if (!entry.name.empty() && !listing.add(entry)) return Errno::success;
    cursor.at += length;
    cursor.cookie = entry.next;
  }
  return Errno::success;
}

Errno list(Call& call, Descriptor& file, uint64_t cookie, Listing& listing) {
  const int directory = file.host_fd();
  if (cookie == 0) {
    if (!listing.add({1, own_inode(directory), Filetype::directory, "."})) return Errno::success;
    cookie = 1;
  }
  if (cookie == 1) {
    if (!listing.add({own_entries, 0, Filetype::directory, ".."})) return Errno::success;
    cookie = own_entries;
  }
  const Errno error = go_to(directory, file.cursor, cookie);
  return error == Errno::success ? add_system_entries(call, directory, file.cursor, listing) : error;
}

} // namespace

Errno fd_readdir(Call& call, i32 fd, i32 buf, i32 buf_len, i64 cookie, i32 bufused) {
  const auto file = call.fds().get(fd);
  if (!file) return file.error();
  if (!(*file)->is_directory()) return Errno::notdir;
  if (!(*file)->has(rights::fd_readdir)) return Errno::notcapable;
  const auto buffer = call.memory.bytes(buf, buf_len);
  if (!buffer) return buffer.error();
  Listing listing(*buffer);
  const Errno error = list(call, **file, cookie, listing);
  if (error != Errno::success) return error;
  if (call.charge_bytes(listing.used())) return Errno::intr;
  return call.memory.store(bufused, listing.used());
}

} // namespace skerry::wasi::abi
