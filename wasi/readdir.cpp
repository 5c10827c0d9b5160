// fd_readdir: lists a directory. The program passes a cookie, which says with which entry the list begins:
// cookie 0 is ".", 1 is "..", and c + 2 is the entry at the position c (platform::append_entries). So the
// cookie c + 2 is valid as long as the position c is valid. WASI itself makes the entries "." and "..". The
// inode number of ".." is 0, because a program must not learn the number of a preopened directory's parent.
#include "wasi/functions.hpp"
#include "wasi/path_text.hpp"
#include "wasi/platform/entries.hpp"
#include "wasi/platform/file_status.hpp"
#include "wasi/sorted_entries.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace skerry::wasi::abi {

namespace {

constexpr size_t header_bytes = 24;
// The largest sorted listing of one directory (is_read_at_once). A sorted listing is kept in memory
// as a whole. If a directory's listing is larger, fd_readdir fails with `overflow`.
constexpr size_t sorted_bytes = size_t{1} << 20;
constexpr uint64_t own_entries = 2;

struct Entry {
  uint64_t next = 0;
  uint64_t inode = 0;
  Filetype type = Filetype::unknown;
  std::string_view name;
};

// Writes entries to the program's buffer. The last entry is truncated if it does not fit.
class Listing {
public:
  explicit Listing(std::span<std::byte> buffer) : buffer_(buffer) {}
  // Returns false if the entry did not fit completely.
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
    const size_t fits = std::min(bytes.size(), buffer_.size() - used_);
    std::memcpy(buffer_.data() + used_, bytes.data(), fits);
    used_ += fits;
    return fits == bytes.size();
  }
  std::span<std::byte> buffer_;
  size_t used_ = 0;
};

Filetype type_of(int directory, const platform::Entry& entry) {
  if (entry.type) return *entry.type;
  const auto status = platform::status_at(directory, std::string(entry.name));
  return status ? status->type : Filetype::unknown;
}

// Replaces the cursor's entries by the next ones. At the end of the directory, the cursor then has no
// entries.
Errno read_ahead(int directory, DirectoryCursor& cursor) {
  cursor.entries.clear();
  cursor.at = 0;
  return platform::append_entries(directory, cursor.cookie - own_entries, cursor.entries);
}

// Reads and sorts the whole directory. Its listing must fit in the memory that all listings together may take
// (Limits::listing_bytes).
Errno begin_sorted(Call& call, int directory, DirectoryCursor& cursor) {
  cursor = {};
  const uint64_t kept = call.fds().kept_entry_bytes(), most = call.limits().listing_bytes;
  auto entries =
      read_sorted(call.meter, directory, std::min<uint64_t>(sorted_bytes, most - std::min(most, kept)));
  if (!entries) return entries.error();
  cursor.entries = std::move(*entries);
  return Errno::success;
}

// Moves the cursor to a cookie in the sorted listing. Reads the directory only if the program begins a
// listing (the cookie is that of the first system entry) or no listing is kept.
Errno go_to_sorted(Call& call, int directory, DirectoryCursor& cursor, uint64_t cookie) {
  const bool is_new = cookie == own_entries || cursor.entries.empty();
  if (!is_new && cookie == cursor.cookie) return Errno::success;
  if (is_new) {
    const Errno error = begin_sorted(call, directory, cursor);
    if (error != Errno::success) return error;
  }
  const std::span<const std::byte> entries = cursor.entries;
  cursor.at = 0;
  for (uint64_t i = own_entries; i < cookie && cursor.at < entries.size(); ++i) {
    if (call.meter.spend(1)) return Errno::intr;
    cursor.at += platform::first_entry(entries.subspan(cursor.at)).length;
  }
  cursor.cookie = cookie;
  return Errno::success;
}

// Moves the cursor to a cookie. The entries from this cookie on are read later, when they are needed.
void go_to(DirectoryCursor& cursor, uint64_t cookie) {
  if (cookie == cursor.cookie && cursor.at < cursor.entries.size()) return;
  cursor.entries.clear();
  cursor.at = 0;
  cursor.cookie = cookie;
}

// Returns the entry at the cursor, and its length in the cursor's bytes. For "." and ".." the entry's name is
// empty, and callers skip it.
std::pair<Entry, size_t> entry_at(int directory, const DirectoryCursor& cursor) {
  const platform::Entry at = platform::first_entry(std::span(cursor.entries).subspan(cursor.at));
  if (is_dots(at.name))
    return {Entry{at.position + own_entries, at.inode, Filetype::directory, ""}, at.length};
  return {Entry{at.position + own_entries, at.inode, type_of(directory, at), at.name}, at.length};
}

// Returns whether the whole directory is read into memory and sorted when the program begins a listing.
// Deterministic runs need the sorted order. Systems without stable positions need the complete listing in
// memory, because there the removal of an entry changes the positions of other entries.
bool is_read_at_once(const Call& call) { return call.state.run || !platform::has_stable_positions(); }

Errno add_system_entries(Call& call, int directory, uint64_t device, DirectoryCursor& cursor,
                         Listing& listing) {
  while (!listing.is_full()) {
    if (cursor.at == cursor.entries.size()) {
      if (is_read_at_once(call)) return Errno::success; // the listing is complete
      const Errno error = read_ahead(directory, cursor);
      if (error != Errno::success || cursor.entries.empty()) return error;
    }
    if (call.meter.spend(price::entry)) return Errno::intr;
    auto [entry, length] = entry_at(directory, cursor);
    if (call.state.run) entry.inode = call.state.run->number(device, entry.inode);
    if (!entry.name.empty() && !listing.add(entry)) return Errno::success;
    cursor.at += length;
    cursor.cookie = entry.next;
  }
  return Errno::success;
}

Errno list(Call& call, Descriptor& file, uint64_t cookie, Listing& listing) {
  const int directory = file.host_fd();
  const auto own = platform::status(directory).value_or(platform::FileStatus{});
  auto& run = call.state.run;
  if (cookie == 0) {
    const uint64_t inode = run ? run->number(own.device, own.inode) : own.inode;
    if (!listing.add({1, inode, Filetype::directory, "."})) return Errno::success;
    cookie = 1;
  }
  if (cookie == 1) {
    if (!listing.add({own_entries, 0, Filetype::directory, ".."})) return Errno::success;
    cookie = own_entries;
  }
  if (!is_read_at_once(call)) {
    go_to(file.cursor, cookie);
  } else if (const Errno error = go_to_sorted(call, directory, file.cursor, cookie);
             error != Errno::success) {
    return error;
  }
  return add_system_entries(call, directory, own.device, file.cursor, listing);
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
  if (call.meter.spend_bytes(listing.used())) return Errno::intr;
  return call.memory.store(bufused, listing.used());
}

} // namespace skerry::wasi::abi
