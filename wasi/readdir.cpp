// fd_readdir: lists a directory. The program passes a cookie, which says with which entry the list begins:
// cookie 0 is ".", 1 is "..", and the others stand for positions of the system (DirectoryCookies). So a
// cookie is valid as long as its position is valid. WASI itself makes the entries "." and "..". Both have the
// directory's inode number: a program must not learn the number of a preopened directory's parent, and the C
// libraries of 2022 to 2025 take 0 for "unknown", look ".." up and make scandir fail.
#include "vm/base/address.hpp"
#include "wasi/functions.hpp"
#include "wasi/path_text.hpp"
#include "wasi/platform/entries.hpp"
#include "wasi/platform/file_status.hpp"
#include "wasi/sorted_entries.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>

namespace skerry::wasi::abi {

namespace {

constexpr size_t header_bytes = 24;
// The largest sorted listing of one directory (is_read_at_once). A sorted listing is kept in memory
// as a whole. If a directory's listing is larger, fd_readdir fails with `overflow`.
constexpr size_t sorted_bytes = size_t{1} << 20;

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

struct Identity {
  uint64_t inode = 0;
  Filetype type = Filetype::unknown;
};

// Returns an entry's inode number and type. Asks for the file's status if the file system does not list them.
Identity identity_of(int directory, const platform::Entry& entry) {
  if (entry.inode != 0 && entry.type) return {entry.inode, *entry.type};
  const auto status = platform::status_at(directory, std::string(entry.name));
  if (!status) return {entry.inode, entry.type.value_or(Filetype::unknown)};
  return {entry.inode != 0 ? entry.inode : status->inode, entry.type.value_or(status->type)};
}

// Replaces the cursor's entries by the next ones. At the end of the directory, the cursor then has no
// entries.
Errno read_ahead(int directory, DirectoryCursor& cursor) {
  cursor.entries.clear();
  cursor.at = 0;
  return platform::append_entries(directory, cursor.position, cursor.entries);
}

// Reads and sorts the whole directory. Its listing must fit in the memory that all listings together may take
// (Limits::listing_bytes).
Errno begin_sorted(Call& call, int directory, DirectoryCursor& cursor) {
  cursor = {};
  const uint64_t kept = call.fds().kept_entry_bytes(), most = call.limits().listing_bytes;
  auto entries = read_sorted(call.meter, directory,
                             vm::to_size(std::min<uint64_t>(sorted_bytes, most - std::min(most, kept))));
  if (!entries) return entries.error();
  cursor.entries = std::move(*entries);
  return Errno::success;
}

// Moves the cursor to a position in the sorted listing. Reads the directory only if no listing is kept.
Errno go_to_sorted(Call& call, int directory, DirectoryCursor& cursor, uint64_t position) {
  const bool is_new = cursor.entries.empty();
  if (!is_new && position == cursor.position) return Errno::success;
  if (is_new) {
    const Errno error = begin_sorted(call, directory, cursor);
    if (error != Errno::success) return error;
  }
  const std::span<const std::byte> entries = cursor.entries;
  size_t at = 0;
  for (uint64_t i = 0; i < position && at < entries.size(); ++i) {
    if (call.meter.spend(1)) return Errno::intr;
    at += platform::first_entry(entries.subspan(at)).length;
  }
  cursor.at = at;
  cursor.position = position;
  return Errno::success;
}

// Moves the cursor to a position. The entries from there on are read later, when they are needed.
void go_to(DirectoryCursor& cursor, uint64_t position) {
  if (position == cursor.position && cursor.at < cursor.entries.size()) return;
  cursor.entries.clear();
  cursor.at = 0;
  cursor.position = position;
}

// Returns whether the whole directory is read into memory and sorted when the program begins a listing.
// Deterministic runs need the sorted order. Systems without stable positions need the complete listing in
// memory, because there the removal of an entry changes the positions of other entries.
bool is_read_at_once(const Call& call) { return call.state.run || !platform::has_stable_positions(); }

// Returns how much memory the cookies of a directory may take. Cookies and sorted listings share
// Limits::listing_bytes.
size_t room_for_cookies(Call& call, const DirectoryCookies& cookies) {
  const uint64_t most = call.limits().listing_bytes;
  const uint64_t others = call.fds().kept_entry_bytes() - cookies.bytes();
  return static_cast<size_t>(most - std::min(most, others));
}

// Adds the system's entries from the cursor on to the listing, except "." and "..".
class SystemEntries {
public:
  SystemEntries(Call& call, Descriptor& file, uint64_t device, Listing& listing)
      : call_(call), file_(file), device_(device), listing_(listing) {}

  Errno add_all() {
    while (!listing_.is_full()) {
      if (cursor_.at == cursor_.entries.size()) {
        if (is_read_at_once(call_)) return Errno::success; // the listing is complete
        const Errno error = read_ahead(file_.host_fd(), cursor_);
        if (error != Errno::success || cursor_.entries.empty()) return error;
      }
      if (call_.meter.spend(price::entry)) return Errno::intr;
      const platform::Entry entry = platform::first_entry(std::span(cursor_.entries).subspan(cursor_.at));
      if (!is_dots(entry.name) && !add(entry)) return Errno::success;
      cursor_.at += entry.length;
      cursor_.position = entry.position;
    }
    return Errno::success;
  }

private:
  bool add(const platform::Entry& entry) {
    const auto [inode, type] = identity_of(file_.host_fd(), entry);
    auto& run = call_.state.run;
    return listing_.add(
        {cookie_of(entry.position), run ? run->number(device_, inode) : inode, type, entry.name});
  }

  uint64_t cookie_of(uint64_t position) {
    auto& cookies = file_.cookies;
    if (cookies.is_full() && !room_) room_ = room_for_cookies(call_, cookies);
    return cookies.cookie_of(position, room_.value_or(0));
  }

  Call& call_;
  Descriptor& file_;
  uint64_t device_;
  Listing& listing_;
  DirectoryCursor& cursor_ = file_.cursor;
  std::optional<size_t> room_; // computed when it is first needed, because all descriptors are asked
};

Errno list(Call& call, Descriptor& file, uint64_t cookie, Listing& listing) {
  const int directory = file.host_fd();
  const auto own = platform::status(directory).value_or(platform::FileStatus{});
  auto& run = call.state.run;
  const uint64_t inode = run ? run->number(own.device, own.inode) : own.inode;
  if (cookie == 0) { // the program begins a new listing
    file.cursor.entries.clear();
    file.cursor.at = 0;
    if (!listing.add({1, inode, Filetype::directory, "."})) return Errno::success;
    cookie = 1;
  }
  if (cookie == 1) {
    if (!listing.add({DirectoryCookies::first, inode, Filetype::directory, ".."})) return Errno::success;
    cookie = DirectoryCookies::first;
  }
  const auto position = file.cookies.position_of(cookie);
  if (!position) return Errno::inval;
  if (!is_read_at_once(call)) {
    go_to(file.cursor, *position);
  } else if (const Errno error = go_to_sorted(call, directory, file.cursor, *position);
             error != Errno::success) {
    return error;
  }
  return SystemEntries(call, file, own.device, listing).add_all();
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
